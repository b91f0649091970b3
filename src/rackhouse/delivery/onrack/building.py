"""What an image is built from: a folder's snapshot with the Dockerfile that it lacks, and the lines
that build it, one for each architecture of the cluster. Builds nothing itself.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rackhouse.app.model import Runtime
from rackhouse.app.snapshot import snapshot
from rackhouse.app.sources import read_source, release_of
from rackhouse.delivery.pinning import pin
from rackhouse.desired.kube.dockerfile import PLACE, STATIC, dockerfile
from rackhouse.kit import static
from rackhouse.kit.errors import Refused
from rackhouse.kit.files import make_folder, write_atomic

_BUILDER = "BUILDKIT_"
_OWN = ("Dockerfile", "Containerfile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Two folders that a builder is given: with the files, and with the Dockerfile of that name."""

    files: Path
    dockerfile: Path


def context(folder: Path, into: Path, pins: Mapping[str, str] | None = None) -> Context:
    """Write it to `into`, which is not there yet. `pins` are digests of bases, by image.

    FileError where the folder cannot be an application; Refused where it is built from nothing, as
    it runs images of others.
    """
    source = read_source(folder)
    if source.ground.runtime is Runtime.IMAGE and not any((folder / it).is_file() for it in _OWN):
        raise Refused(
            f"{source.app.name} runs images that others built",
            fix="there is nothing to build: `rackhouse release` it without --image",
        )
    content = snapshot(folder, into)
    _open(into)
    name = next((it for it in _OWN if (into / it).is_file()), "")
    if source.ground.runtime is Runtime.IMAGE:
        return Context(files=into, dockerfile=into / name)
    asyncio.run(pin(into, source.ground, source.app.package, ()))
    make_folder(into / PLACE)
    made = into / PLACE / "Dockerfile"
    write_atomic(made, dockerfile(release_of(source, 0, content), pins), mode=0o644)
    if source.ground.runtime is Runtime.STATIC:
        shutil.copyfile(static.__file__, into / STATIC)
    return Context(files=into, dockerfile=made)


def _open(folder: Path) -> None:
    """Whoever the image runs as can read it; a snapshot is its owner's alone."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def builders(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Where each platform is built natively, as a runner of the rack is told: `BUILDKIT_ARM64` has
    the address of the builder for `linux/arm64`.
    """
    return {
        f"linux/{name.removeprefix(_BUILDER).lower()}": address
        for name, address in sorted(environment.items())
        if name.startswith(_BUILDER) and name != f"{_BUILDER}HOST"
    }


def metadata(context: Path, platform: str) -> Path:
    """Where the builder of that platform says what it pushed."""
    return context.with_name(f"{context.name}-{platform.rpartition('/')[2]}.json")


def buildctl(made: Context, image: str, platform: str, address: str = "") -> list[str]:
    """BuildKit's own client, which needs no root: builds for that platform, pushes without a tag,
    and writes the digest to `metadata`. Without an `address`, the builder that `BUILDKIT_HOST`
    names: what is not native there is emulated, or refused where it has no emulator.
    """
    output = f"type=image,name={image},push-by-digest=true,push=true,rewrite-timestamp=true"
    return [
        *("buildctl", *(("--addr", address) if address else ())),
        *("build", "--frontend", "dockerfile.v0"),
        *("--local", f"context={made.files}", "--local", f"dockerfile={made.dockerfile.parent}"),
        *("--opt", f"filename={made.dockerfile.name}", "--opt", f"platform={platform}"),
        *("--opt", "build-arg:SOURCE_DATE_EPOCH=0", "--output", f"{output},oci-mediatypes=true"),
        *("--metadata-file", str(metadata(made.files, platform))),
    ]
