"""SeaweedFS on a cluster: one pod with one disk, of which others reach the S3 port alone. Pure.

Each application has a key for its bucket, a line of a Secret (`desired.kube.users`). `weed mini` is
master, volume server, filer and S3 in one process; its other ports are let alone by the policies of
the namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k

from rackhouse.desired.kube import users
from rackhouse.desired.kube.platform import OBJECTS as PARTY
from rackhouse.desired.platform import table
from rackhouse.desired.platform.pod import Pod, Rights, container, secret, size
from rackhouse.desired.platform.space import Space
from rackhouse.rack.model import Objects
from rackhouse.resources.core import Resource

NAME = "seaweedfs"
_RIGHTS = Rights(user=1000, group=1000)  # `seaweed` of the image
_SECRETS = "/secrets"
_DISK = 20 * 2**30  # where the rack file sets no limit
_VOLUME_MEGABYTES = 256


def objects(space: Space) -> Iterator[Resource[Any]]:
    """All of it, in the namespace of data."""
    yield from users.objects(space.home, ())
    yield space.account(NAME)
    yield space.service(PARTY.service, {"s3": PARTY.port}, dict(PARTY.labels))
    yield from space.single(NAME, _pod(space), _disk(space))
    yield space.budget(NAME)
    yield space.policy(NAME)


def _pod(space: Space) -> Pod:
    kept = space.home.id("Secret", NAME)
    server = container(
        NAME,
        space.image(table.OBJECTS),
        size(table.OBJECTS, limit=1024),
        command=("/usr/bin/weed", "-logtostderr", "mini"),
        args=_words(space),
        env=[k.EnvVar(name="HOME", value="/data"), secret("S3_BUCKET", users.BUCKETS, NAME)],
        ports={"s3": PARTY.port},
        mounts={"/data": "data", _SECRETS: "secrets"},
        probe=k.Probe(httpGet=k.HTTPGetAction(path="/healthz", port=PARTY.port), periodSeconds=5),
    )
    source = k.SecretVolumeSource(secretName=NAME, defaultMode=0o440)
    return Pod(
        account=NAME,
        containers=(server,),
        volumes=(k.Volume(name="secrets", secret=source),),
        rights=_RIGHTS,
        priority="rackhouse-data",
        holes=(kept.ref("version"),),
        needs=(kept,),
    )


def _words(space: Space) -> tuple[str, ...]:
    """As on a rack of one, but for addresses: a pod has its own."""
    most = max(64, _disk(space) // (_VOLUME_MEGABYTES * 2**20))
    return (
        *("-dir=/data", "-ip=127.0.0.1", "-ip.bind=0.0.0.0", f"-s3.port={PARTY.port}"),
        *("-master.telemetry=false", "-admin.ui=false", "-webdav=false"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={_SECRETS}/{users.IDENTITIES}"),
        *("-s3.iam=true", "-s3.iam.readOnly=false", "-master.resumeState=false"),
        *(f"-master.volumeSizeLimitMB={_VOLUME_MEGABYTES}", f"-volume.max={most}"),
    )


def _disk(space: Space) -> int:
    said = space.rack.data.objects or Objects()
    return said.storage or _DISK
