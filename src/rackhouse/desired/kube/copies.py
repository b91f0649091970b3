"""PostgreSQL's copies, as objects: where they go, how often, and how a server begins with them.

Pure. https://cloudnative-pg.io/plugin-barman-cloud/docs/usage: the plugin is a sidecar of each
instance. CloudNativePG's own `barmanObjectStore` wants its programs in PostgreSQL's image, and is
gone with 1.31.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.platform import copied, table
from rackhouse.desired.platform.copied import KEYS, NAME, SCOPE
from rackhouse.rack.model import Backups, Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.vault import Given

PLUGIN = "barman-cloud.cloudnative-pg.io"
BEFORE = "before"  # what a server that recovers calls the one that it was
_DAY = 86400
_HTTPS = 443


def copies(home: Home, cluster: Id, said: Backups) -> Iterator[Resource[Any]]:
    """All but the server itself, which is `cluster`: it has to know the store first."""
    given = {key: Id("vault", "given", f"{SCOPE}.{key}") for key in KEYS}
    for key, id in given.items():
        yield Resource(id=id, spec=Given(SCOPE, key), keep=True)
    values = {key: Text.of(id.ref("value")) for key, id in given.items()}
    region = {"region": Text.of(said.region)} if said.region else {}
    reload = {"cnpg.io/reload": "true"}
    yield home.secret(NAME, {**values, **region}, **reload)
    needs = {home.id("Secret", NAME)}
    yield home.custom(copied.API, copied.KIND, NAME, _store(home, said), needs=needs)
    spec = {
        "backupOwnerReference": "self",
        "cluster": {"name": cluster.name.rpartition(".")[2]},
        "immediate": True,
        "method": "plugin",
        "pluginConfiguration": {"name": PLUGIN},
        "schedule": f"@every {said.every:.0f}s",
    }
    needs = {cluster, home.id(copied.KIND, NAME)}
    yield home.custom("postgresql.cnpg.io/v1", "ScheduledBackup", NAME, spec, needs=needs)


def archived(rack: Rack) -> dict[str, Any]:
    """What the server's own object says of them: where its log goes, and what it begins with."""
    found: dict[str, Any] = {"plugins": [_plugin(copied.folder(rack), isWALArchiver=True)]}
    said = rack.data.postgres.recover if rack.data.postgres else None
    if said:
        target = {"recoveryTarget": {"targetTime": said.until}} if said.until else {}
        found["bootstrap"] = {"recovery": {"source": BEFORE, **target}}
        found["externalClusters"] = [{"name": BEFORE, "plugin": _plugin(said.source)}]
    return found


def copied_at(said: Backups) -> int:
    """Where that S3 is spoken to."""
    _, _, number = said.to.host.partition(":")
    return int(number) if number.isdecimal() else _HTTPS


def _plugin(folder: str, **more: bool) -> dict[str, Any]:
    where = {"barmanObjectName": NAME, "serverName": folder}
    return {"name": PLUGIN, "parameters": where, **more}


def _store(home: Home, said: Backups) -> dict[str, Any]:
    keys = {"accessKeyId": KEYS[0], "secretAccessKey": KEYS[1]}
    if said.region:
        keys["region"] = "region"
    size = table.COPYING
    return {
        "configuration": {
            "data": {"compression": "gzip", "jobs": 2},
            "destinationPath": f"s3://{said.to.path.strip('/')}/{home.cluster}",
            "endpointURL": f"https://{said.to.host}",
            "s3Credentials": {it: {"name": NAME, "key": key} for it, key in keys.items()},
            "wal": {"compression": "gzip"},
        },
        "instanceSidecarConfiguration": {
            "resources": {
                "limits": {"cpu": "1", "memory": quantity(size.limit)},
                "requests": {"cpu": f"{size.cpu}m", "memory": quantity(size.memory)},
            }
        },
        "retentionPolicy": f"{math.ceil(said.keep / _DAY)}d",
    }
