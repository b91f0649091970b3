"""SeaweedFS (the S3 role), from a wheel: `weed mini`, one process, with its holes closed.

Left to itself it listens on every address, reports to its makers, serves any object to anyone on
its filer's port, and lets every local process command it by gRPC. So: loopback, no telemetry, no
plain HTTP (`-disableHttp`), and gRPC by mutual TLS with an authority that vouches for nobody else.
It saves its flags in `mini.options` and takes up those that are not given: give every one.
"""

from __future__ import annotations

import json

from rackhouse.desired.embedded.part import HERE, Part, argv, machine, neighbour, vault, version
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.machine import File, Folder, HttpProbe, Port, Process, Program
from rackhouse.resources.place import Place
from rackhouse.resources.tools import Tools
from rackhouse.resources.vault import Authority, Password

ACCESS, SECRET = vault("secret", "objects.access"), vault("secret", "objects.secret")
SIGNING = vault("secret", "objects.signing")
AUTHORITY = vault("authority", "objects")
PORT = machine("port", "objects")
FOLDER = machine("folder", "objects")
IDENTITIES = machine("file", "objects.json")
CERTIFICATE = machine("file", "objects.pem")
PROCESS = machine("process", "objects")

# The S3 port comes first. The administrative server's gRPC port alone is not among them: a worker
# inside the same process looks for it 10,000 above the HTTP port and nowhere else.
_PORTS = (
    *("s3", "s3.grpc", "master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc"),
    "admin",
)
_SPEAKERS = ("MASTER", "VOLUME", "FILER", "S3", "ADMIN", "WORKER", "CLIENT")
ADMIN_ACTIONS = ("Admin", "Read", "Write", "List", "Tagging")
_VOLUME_MEGABYTES = 256
# None is laid out before it is written, and each bucket takes one at least.
_FEWEST, _MOST = 64, 40_000


def objects(rack: Rack, tools: Tools) -> Part:
    """At most about `data.objects.storage` bytes, but 16 GiB at least; 0: what the disk holds."""
    limit = rack.data.objects.storage if rack.data.objects else 0
    here = Text.of(f"http://{HERE}:")
    program = Program(
        command=argv(tools.weed, "-logtostderr", "mini", *_flags(limit)),
        env=(*_environment(), version(tools, "seaweedfs")),
        folder=Text.of(FOLDER.ref("path")),
    )
    process = Process(
        program=program,
        # The last of its servers to open. S3's own /healthz says yes before writes work.
        probe=HttpProbe(Text.of(here, neighbour(PORT, _PORTS.index("admin")), "/health")),
        # It ends within 2.3 s, or waits for whoever opened a connection and says nothing. Killed,
        # it loses nothing that it acknowledged.
        grace=4.0,
    )
    address = {
        "url": Text.of(here, PORT.ref("number")),
        "access_key": Text.of(ACCESS.ref("value")),
        "secret_key": Text.of(SECRET.ref("value")),
    }
    who = _identities(address["access_key"], address["secret_key"])
    return Part(
        resources=(
            Resource(id=ACCESS, spec=Password(length=20), keep=True),
            Resource(id=SECRET, spec=Password(length=40), keep=True),
            Resource(id=SIGNING, spec=Password(), keep=True),
            Resource(id=AUTHORITY, spec=Authority("Rackhouse objects"), keep=True),
            Resource(id=PORT, spec=Port(count=len(_PORTS))),
            Resource(id=FOLDER, spec=Folder("data/objects"), keep=True),
            Resource(id=IDENTITIES, spec=File("files/objects.json", who)),
            Resource(id=CERTIFICATE, spec=File("files/objects.pem", _certificate())),
            Resource(id=PROCESS, spec=process),
        ),
        place=Place(name="objects", kind="objects", address=address, needs=frozenset({PROCESS})),
        outputs={"host": Text.of(HERE), "port": neighbour(PORT, 0), "url": address["url"]},
    )


def _flags(limit: int) -> tuple[str | Text, ...]:
    """All of them, since it takes up what an earlier start was given.

    `resumeState=false`: the master learns its state from the volumes. One that resumes is no leader
    for a moment, and volumes that ask in that moment ask again only after five seconds.
    """
    volumes = max(_FEWEST, limit // (_VOLUME_MEGABYTES * 2**20)) if limit else _MOST
    path = FOLDER.ref("path")
    numbers = (neighbour(PORT, offset) for offset in range(len(_PORTS)))
    filled = {
        **{_flag(port): number for port, number in zip(_PORTS, numbers, strict=True)},
        "dir": Text.of(path),
        "s3.config": Text.of(IDENTITIES.ref("path")),
        "filer.localSocket": Text.of(path, "/filer.sock"),
        "s3.localSocket": Text.of(path, "/s3.sock"),
    }
    return (
        *(f"-ip={HERE}", f"-ip.bind={HERE}", "-disableHttp", "-master.telemetry=false"),
        *("-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-s3.iam=true", "-s3.iam.readOnly=false", "-master.resumeState=false"),
        *(f"-master.volumeSizeLimitMB={_VOLUME_MEGABYTES}", f"-volume.max={volumes}"),
        *(Text.of(f"-{flag}=", value) for flag, value in filled.items()),
    )


def _flag(port: str) -> str:
    server, _, grpc = port.partition(".")
    return f"{server}.port.grpc" if grpc else f"{server}.port"


def _environment() -> tuple[tuple[str, Text], ...]:
    """What a `security.toml` and a `filer.toml` would say. HOME, so that nobody's own are read.

    One LevelDB instead of the default's eight: 70 MB less after a restart.
    """
    path = FOLDER.ref("path")
    pem, signing = Text.of(CERTIFICATE.ref("path")), Text.of(SIGNING.ref("value"))
    pairs = [(f"WEED_GRPC_{name}_{what}", pem) for name in _SPEAKERS for what in ("CERT", "KEY")]
    return (
        ("HOME", Text.of(path)),
        ("WEED_LEVELDB2_ENABLED", Text.of("false")),
        ("WEED_LEVELDB_ENABLED", Text.of("true")),
        ("WEED_LEVELDB_DIR", Text.of(path, "/filer")),
        ("WEED_JWT_SIGNING_KEY", signing),
        ("WEED_JWT_FILER_SIGNING_KEY", signing),
        ("WEED_GRPC_CA", pem),
        *pairs,
    )


def _certificate() -> Text:
    """The authority and its key in one file: whoever holds it speaks to the parts, nobody else."""
    return Text.of(AUTHORITY.ref("certificate"), AUTHORITY.ref("key"))


def _identities(access: Text, secret: Text) -> Text:
    """The administrator. Buckets bring their own users, by the IAM interface."""
    return Text.of(
        '{"identities": [{"name": "rackhouse", "credentials": [{"accessKey": "',
        *(access, '", "secretKey": "', secret),
        f'"}}], "actions": {json.dumps(ADMIN_ACTIONS)}}}]}}\n',
    )
