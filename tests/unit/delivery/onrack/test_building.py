"""What an image is built from: written whole, the same each time; nothing where there is none."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from rackhouse.app.model import Runtime
from rackhouse.cli import main
from rackhouse.delivery.onrack.building import (
    Context,
    buildctl,
    builders,
    context,
    metadata,
    pinned,
    platforms_of,
    said_of,
)
from rackhouse.desired.kube.images import BASES
from rackhouse.kit import static
from rackhouse.kit.errors import Refused, UsageError
from unit.desired.kube.dockerfiles import wrong
from unit.desired.kube.examples import EXAMPLES

SCORE = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {web: {image: "docker.io/library/nginx:1.29.3"}}
"""
IMAGES = {it.image for it in BASES.values()}


def test_a_site_brings_the_server_along(tmp_path: Path) -> None:
    made = context(EXAMPLES / "apps" / "site", tmp_path / "context")
    text = made.dockerfile.read_text()
    assert list(wrong(text, IMAGES)) == []
    assert f"COPY {made.dockerfile.parent.name}/static.py" in text
    assert (made.files / ".rackhouse" / "static.py").read_text() == Path(
        static.__file__
    ).read_text()
    assert (made.files / "index.html").stat().st_mode & 0o777 == 0o644


def test_a_base_is_named_by_the_digest_that_was_said(tmp_path: Path) -> None:
    base, digest = BASES[Runtime.STATIC].image, f"sha256:{'a' * 64}"
    into = tmp_path / "context"
    code = main.run(
        ["image", str(EXAMPLES / "apps" / "site"), str(into), "--pin", f"{base}@{digest}"]
    )
    assert code == 0
    assert f"FROM {base}@{digest}\n" in (into / ".rackhouse" / "Dockerfile").read_text()


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (context(EXAMPLES / "apps" / "site", tmp_path / it) for it in ("a", "b"))
    assert first.dockerfile.read_bytes() == second.dockerfile.read_bytes()


def test_a_dockerfile_of_its_own_is_taken_as_it_is(tmp_path: Path) -> None:
    source = tmp_path / "hello"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM scratch\nCOPY x /x\nEXPOSE 8080\nUSER 1:1\n")
    made = context(source, tmp_path / "context")
    assert made.dockerfile == tmp_path / "context" / "Dockerfile"
    assert made.dockerfile.read_text() == (source / "Dockerfile").read_text()
    assert not (made.files / ".rackhouse").exists()


def test_a_pin_that_would_pin_nothing_is_said_to(tmp_path: Path) -> None:
    source, digest = tmp_path / "hello", f"sha256:{'a' * 64}"
    source.mkdir()
    (source / "Dockerfile").write_text("FROM scratch\nCOPY x /x\nEXPOSE 8080\nUSER 1:1\n")
    with pytest.raises(Refused, match="hello has a Dockerfile of its own") as error:
        context(source, tmp_path / "context", {"docker.io/library/debian:trixie-slim": digest})
    assert error.value.fix.endswith(f"FROM docker.io/library/debian:trixie-slim@{digest}")
    assert not (tmp_path / "context").exists()


def test_of_images_by_others_nothing_is_built(tmp_path: Path) -> None:
    source = tmp_path / "hello"
    source.mkdir()
    (source / "score.yaml").write_text(SCORE)
    with pytest.raises(Refused, match="images that others built"):
        context(source, tmp_path / "context")


def test_each_platform_is_built_where_it_is_native_and_said_by_its_digest() -> None:
    found = builders(
        {
            "BUILDKIT_AMD64": "tcp://buildkit-amd64.builds.svc:1234",
            "BUILDKIT_ARM64": "tcp://buildkit-arm64.builds.svc:1234",
            "BUILDKIT_HOST": "tcp://other:1234",
            "BUILDKIT_PROGRESS": "plain",  # BuildKit's own
            "BUILDKIT_ARM": "",
            "PATH": "/bin",
        }
    )
    assert list(found) == ["linux/amd64", "linux/arm64"]
    made = Context(files=Path("/c"), dockerfile=Path("/c/.rackhouse/Dockerfile"))
    words = buildctl(made, "git.lab/lab/hello", "linux/arm64", found["linux/arm64"])
    assert words[:4] == ["buildctl", "--addr", "tcp://buildkit-arm64.builds.svc:1234", "build"]
    pairs = set(itertools.pairwise(words))
    assert {
        ("--local", "context=/c"),
        ("--local", "dockerfile=/c/.rackhouse"),
        ("--opt", "filename=Dockerfile"),
        ("--opt", "platform=linux/arm64"),
        ("--metadata-file", "/c-linux-arm64.json"),
    } <= pairs
    assert "push-by-digest=true" in words[words.index("--output") + 1]
    assert "--addr" not in buildctl(made, "git.lab/lab/hello", "linux/arm64")


def test_what_to_build_for_is_said_where_nothing_is_native() -> None:
    assert platforms_of((), ["linux/arm64"]) == ("linux/arm64",)
    assert platforms_of(["linux/arm/v7"], ["linux/arm64"]) == ("linux/arm/v7",)
    with pytest.raises(UsageError, match="no builder for any platform"):
        platforms_of((), ())
    with pytest.raises(UsageError, match="'arm64' is no platform"):
        platforms_of(["arm64"], ())


def test_what_builders_said_is_of_that_context_alone(tmp_path: Path) -> None:
    names = ["hello-linux-arm-v7", "hello-linux-amd64", "hello-api-linux-arm64", "hello-old", "x"]
    for name in names:
        (tmp_path / f"{name}.json").touch()
    assert said_of(tmp_path / "hello") == {
        platform: metadata(tmp_path / "hello", platform)
        for platform in ("linux/amd64", "linux/arm/v7")
    }


def test_what_was_built_before_is_no_part_of_it(tmp_path: Path) -> None:
    old, other = (tmp_path / f"{it}-linux-arm64.json" for it in ("hello", "hello-api"))
    old.touch()
    other.touch()
    context(EXAMPLES / "apps" / "site", tmp_path / "hello")
    assert (old.exists(), other.exists()) == (False, True)


def test_a_context_that_is_there_is_said_to_be(tmp_path: Path) -> None:
    context(EXAMPLES / "apps" / "site", tmp_path / "context")
    with pytest.raises(UsageError, match="context is there already"):
        context(EXAMPLES / "apps" / "site", tmp_path / "context")


def test_what_pins_nothing_is_refused() -> None:
    base = BASES[Runtime.STATIC].image
    for pin in (base, f"{base}@", f"{base}@sha256:1"):
        with pytest.raises(UsageError, match="has no digest"):
            pinned([pin])
    with pytest.raises(UsageError, match=r"docker\.io/library/other:1 is no base"):
        pinned([f"docker.io/library/other:1@sha256:{'a' * 64}"])
