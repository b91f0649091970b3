"""The administrator's kubeconfig: fetched from a server, merged into a file, renewed in time.

K3s signs its certificate for a year and renews it on the servers alone: a copy that nobody fetches
anew is dead after that year (k3s#2550).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from rackhouse.desired.k3s import HostFacts, Known
from rackhouse.desired.k3s.config import API
from rackhouse.desired.k3s.layout import Layout, layout
from rackhouse.desired.k3s.paths import SERVER_KUBECONFIG
from rackhouse.kit.errors import FileError, HostError, Problem
from rackhouse.kit.files import make_folder, read_text, write_atomic
from rackhouse.operations.cluster.reach import Reach

DAYS = 30  # fewer left: fetch it anew
_NEW: Mapping[str, Any] = {"apiVersion": "v1", "kind": "Config", "preferences": {}}
_LISTS = ("clusters", "contexts", "users")


@dataclass(frozen=True, slots=True)
class Written:
    """Where it lies, how many days its certificate is good for, and whether it was fetched now."""

    file: Path
    days: int
    fetched: bool


def own_file(reach: Reach) -> Path:
    """Ours, beside the rack's other state: nobody else's kubeconfig is touched unasked."""
    return reach.house.paths.root / "kubeconfig"


async def kubeconfig(reach: Reach, file: Path, now: datetime, *, anew: bool = False) -> Written:
    """Have `file` lead to the cluster, as its current context; fetched unless it does for `DAYS`.

    FileError where it is no kubeconfig. What else is in it stays.
    """
    there = _read(file)
    name = _name(reach)
    days = days_left(there, name, now)
    if days is not None and days >= DAYS and not anew:
        return Written(file, days, fetched=False)
    merged = merge(there, await fetched(reach))
    days = days_left(merged, name, now)
    if days is None:
        raise HostError("the server's kubeconfig has no certificate", fix="is that K3s's own?")
    make_folder(file.parent)
    write_atomic(file, yaml.safe_dump(merged, sort_keys=False), 0o600)
    return Written(file, days, fetched=True)


async def fetched(reach: Reach) -> Mapping[str, Any]:
    """What K3s wrote for its administrator on the first server that answers, as it leads here."""
    _, text = await reach.ask_any(("cat", SERVER_KUBECONFIG))
    return adapted(yaml.safe_load(text), _name(reach), f"https://{address(reach)}:{API}")


def address(reach: Reach) -> str:
    """The virtual address, where there is one; else the first server's."""
    known = Known(hosts={node.name: HostFacts() for node in reach.nodes})
    found: Layout | None = layout(reach.house.rack, reach.cluster, known)
    if found is None:
        return str(reach.nodes[0].address)
    return str(found.virtual_ip or found.founder.address)


def adapted(config: Mapping[str, Any], name: str, server: str) -> Mapping[str, Any]:
    """K3s calls all of it `default`, at 127.0.0.1."""
    cluster = {**config["clusters"][0]["cluster"], "server": server}
    return {
        "clusters": [{"name": name, "cluster": cluster}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": config["users"][0]["user"]}],
        "current-context": name,
    }


def merge(there: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`there`, with what `new` has in place of what is called the same."""
    merged = {**_NEW, **there, "current-context": new["current-context"]}
    for key in _LISTS:
        names = {each["name"] for each in new[key]}
        kept = [each for each in there.get(key) or () if each.get("name") not in names]
        merged[key] = [*kept, *new[key]]
    return merged


def days_left(config: Mapping[str, Any], name: str, now: datetime) -> int | None:
    """How long the certificate of the user `name` is good; None where it has none."""
    from cryptography import x509

    for each in config.get("users") or ():
        if each.get("name") == name:
            try:
                pem = base64.b64decode(each["user"]["client-certificate-data"])
                return (x509.load_pem_x509_certificate(pem).not_valid_after_utc - now).days
            except (KeyError, TypeError, ValueError, binascii.Error):
                return None
    return None


def _name(reach: Reach) -> str:
    return f"{reach.house.rack.name}-{reach.cluster.name}"


def _read(file: Path) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(read_text(file) or "") or {}
    except yaml.YAMLError:
        found = None
    if isinstance(found, dict) and all(isinstance(found.get(k) or [], list) for k in _LISTS):
        return found
    what, fix = "it is no kubeconfig", "move it away, or name another file with --output"
    raise FileError(str(file), [Problem(line=0, rule="kubeconfig", path="", what=what, fix=fix)])
