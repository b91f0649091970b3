"""What an image is built from: a folder's snapshot with the Dockerfile that it lacks, and the lines
that build it, one for each architecture of the cluster. Builds nothing itself.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rackhouse.app.model import Runtime
from rackhouse.app.snapshot import snapshot
from rackhouse.app.sources import read_source, release_of
from rackhouse.delivery.pinning import pin
from rackhouse.desired.kube.dockerfile import PLACE, STATIC, dockerfile
from rackhouse.desired.kube.images import BASES
from rackhouse.kit import static
from rackhouse.kit.errors import Refused, UsageError
from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.rack.words import Arch

_BUILDER = "BUILDKIT_"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PLATFORM = re.compile(r"linux/[a-z0-9]+(?:/v[0-9]+)?")
_OWN = ("Dockerfile", "Containerfile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Two folders that a builder is given: with the files, and with the Dockerfile of that name."""

    files: Path
    dockerfile: Path


def context(folder: Path, into: Path, pins: Mapping[str, str] | None = None) -> Context:
    """Write it to `into`, which is not there yet. `pins` are digests of bases, by image.

    What was built after an earlier one of that name is forgotten. UsageError where `into` is there;
    FileError where the folder cannot be an application; Refused where it is built from nothing, as
    it runs images of others, and where it has a Dockerfile of its own, in which `pins` pin nothing.
    """
    if into.exists():
        raise UsageError(f"{into} is there already", fix="name a folder that is not there yet")
    source = read_source(folder)
    if source.ground.runtime is Runtime.IMAGE:
        _check_own(source.app.name, folder, pins or {})
    content = snapshot(folder, into)
    for file in said_of(into).values():
        file.unlink()
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


def _check_own(application: str, folder: Path, pins: Mapping[str, str]) -> None:
    name = next((it for it in _OWN if (folder / it).is_file()), "")
    if not name:
        raise Refused(
            f"{application} runs images that others built",
            fix="there is nothing to build: `rackhouse release` it without --image",
        )
    if pins:
        raise Refused(
            f"{application} has a {name} of its own, which is taken as it is",
            fix=f"leave --pin out, and write the digest there: FROM {_said(pins)}",
        )


def _said(pins: Mapping[str, str]) -> str:
    return next(f"{image}@{digest}" for image, digest in sorted(pins.items()))


def pinned(pins: Collection[str]) -> Mapping[str, str]:
    """`IMAGE@DIGEST` as digests by image. UsageError for what would pin nothing."""
    bases, found = sorted({it.image for it in BASES.values()}), {}
    for said in pins:
        image, _, digest = said.partition("@")
        if not _DIGEST.fullmatch(digest):
            raise UsageError(f"{said!r} has no digest", fix="say it as IMAGE@sha256:...")
        if image not in bases:
            raise UsageError(f"{image} is no base", fix=f"the bases are {', '.join(bases)}")
        found[image] = digest
    return found


def _open(folder: Path) -> None:
    """Whoever the image runs as can read it; a snapshot is its owner's alone."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def builders(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Where each platform is built natively, as a runner of the rack is told: `BUILDKIT_ARM64` has
    the address of the builder for `linux/arm64`. What BuildKit's client itself reads begins so too.
    """
    said = {arch: environment.get(f"{_BUILDER}{arch.upper()}", "") for arch in Arch}
    return {f"linux/{arch}": address for arch, address in said.items() if "://" in address}


def platforms_of(asked: Collection[str], native: Collection[str]) -> tuple[str, ...]:
    """What to build for: what is asked for, else whatever has a builder. UsageError without either,
    and for what is no platform.
    """
    for platform in asked:
        if not _PLATFORM.fullmatch(platform):
            raise UsageError(f"{platform!r} is no platform", fix="say it as linux/arm64")
    if not (asked or native):
        what = "there is no builder for any platform"
        raise UsageError(what, fix="say what to build for: --platform linux/arm64")
    return tuple(dict.fromkeys(asked or native))


def metadata(context: Path, platform: str) -> Path:
    """Where the builder of that platform says what it pushed."""
    return context.with_name(f"{context.name}-{platform.replace('/', '-')}.json")


def said_of(context: Path) -> Mapping[str, Path]:
    """Those that are there, by platform, and none of another context whose name begins so."""
    found = {}
    for file in sorted(context.absolute().parent.glob("*.json")):
        platform = file.stem.removeprefix(f"{context.name}-").replace("-", "/")
        if _PLATFORM.fullmatch(platform) and file == metadata(context.absolute(), platform):
            found[platform] = file
    return found


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
