"""The Dockerfile of a release without one: what it says, and that it says nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.app.model import Release, Runtime
from rackhouse.desired.kube.dockerfile import UV, dockerfile
from rackhouse.desired.kube.images import BASES
from unit.desired.kube.dockerfiles import wrong
from unit.desired.kube.examples import APPLICATIONS, released

IMAGES = {it.image for it in BASES.values()}


def release(runtime: Runtime, manifest: str = "", build: tuple[str, ...] = ()) -> Release:
    return Release(
        number=3,
        digest="0" * 16,
        snapshot="releases/hello/r3",
        runtime=runtime,
        manifest=manifest,
        build=build,
    )


def test_python_with_hashes_is_installed_before_its_source_is_there() -> None:
    text = dockerfile(release(Runtime.PYTHON, "requirements.lock"))
    lines = text.splitlines()
    install = next(i for i, line in enumerate(lines) if "--require-hashes" in line)
    assert lines[install].endswith("-r requirements.lock")
    assert install < lines.index("COPY --chown=65532:65532 . /app")
    assert "ENV PATH=/packages/bin:$PATH PYTHONDONTWRITEBYTECODE=1" in lines


def test_python_with_a_lock_of_uv() -> None:
    text = dockerfile(release(Runtime.PYTHON, "uv.lock"))
    assert f"uv=={UV}" in text
    assert "COPY pyproject.toml uv.lock ./" in text
    assert "--frozen" in text


def test_python_without_dependencies_has_an_environment_of_its_own_all_the_same() -> None:
    text = dockerfile(release(Runtime.PYTHON))
    assert "venv /packages" in text
    assert "pip install" not in text


def test_node_installs_what_its_lock_names_and_builds_as_nobody() -> None:
    text = dockerfile(release(Runtime.NODE, "package-lock.json", ("npm", "run", "build")))
    assert "COPY package.json package-lock.json .npmr[c] ./" in text
    assert "npm ci" in text
    assert text.endswith('USER 65532:65532\nENV HOME=/tmp\nRUN ["npm", "run", "build"]\n')


def test_node_without_dependencies_installs_nothing() -> None:
    assert "npm" not in dockerfile(release(Runtime.NODE))


def test_a_site_is_served_by_the_server_of_a_rack_of_one() -> None:
    text = dockerfile(release(Runtime.STATIC))
    assert "COPY .rackhouse/static.py /opt/rackhouse/rackhouse/kit/static.py" in text
    assert "ENV PYTHONPATH=/opt/rackhouse PYTHONDONTWRITEBYTECODE=1" in text


def test_a_base_is_named_by_its_digest_where_somebody_resolved_it() -> None:
    base, digest = BASES[Runtime.COMMAND].image, f"sha256:{'a' * 64}"
    pinned = dockerfile(release(Runtime.COMMAND), {base: digest})
    assert f"FROM {base}@{digest}\n" in pinned
    assert f"FROM {base}\n" in dockerfile(release(Runtime.COMMAND))


def test_a_release_that_brings_its_own_has_none_of_ours() -> None:
    with pytest.raises(ValueError, match="its own file"):
        dockerfile(release(Runtime.IMAGE))


@pytest.mark.parametrize("folder", APPLICATIONS, ids=lambda it: it.name)
def test_what_examples_are_built_by_is_as_it_should_be(folder: Path) -> None:
    app = released(folder)
    assert app.release is not None
    if app.release.runtime is Runtime.IMAGE:
        pytest.skip("it runs images that others built")
    text = dockerfile(app.release)
    assert text == dockerfile(app.release)
    assert list(wrong(text, IMAGES)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM python:3\n", "not in the table of bases"),
        ("FROM docker.io/library/debian:trixie-slim\n", "the last USER is 'root'"),
        ("FROM docker.io/library/debian:trixie-slim\nUSER 0:0\n", "no number of nobody"),
        ("FROM docker.io/library/debian:trixie-slim\nADD x /x\nUSER 1:1\n", "use COPY"),
        ("FROM docker.io/library/debian:trixie-slim\nRUN curl x | sh\nUSER 1:1\n", "no lock"),
        ("FROM docker.io/library/debian:trixie-slim\nENV TOKEN=x\nUSER 1:1\n", "for ever"),
        ("FROM docker.io/library/debian:trixie-slim\nCOPY --from=a /x /x\nUSER 1:1\n", "no stage"),
        ("FROM docker.io/library/debian:trixie-slim@sha256:1\nUSER 1:1\n", "no digest"),
    ],
)
def test_the_rules_find_what_is_wrong(text: str, said: str) -> None:
    assert any(said in each for each in wrong(text, IMAGES))
