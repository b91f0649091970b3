"""A service that comes with Rackhouse is a folder like anybody's, and stands on its own."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from rackhouse.app.model import ResourceType, Runtime
from rackhouse.app.snapshot import digest
from rackhouse.app.sources import read_source
from rackhouse.delivery.services import folder_of
from rackhouse.kit.paths import Paths
from rackhouse.kit.process import run_sync
from rackhouse.rack.words import SERVICES

ROOT = Path(__file__).parents[3]
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def _pins(lock: Path) -> set[tuple[str, str]]:
    return set(_PIN.findall(lock.read_text()))


def test_every_service_is_named_that_there_is() -> None:
    there = {path.parent.name for path in (ROOT / "src/rackhouse/services").glob("*/score.yaml")}
    assert there == SERVICES


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_it_is_read_as_anybodys(service: str, tmp_path: Path) -> None:
    source = read_source(folder_of(Paths(tmp_path), service))
    assert (source.app.name, source.inferred, source.runtime) == (service, False, Runtime.PYTHON)
    assert source.ground.manifest == "requirements.lock"
    assert not source.ground.lock_from
    # Retrieval is asked by applications of the rack alone: it has no door.
    assert (ResourceType.ROUTE in {it.type for it in source.app.needs}) is (service != "retrieval")


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_equal_bytes_are_the_same_release_anywhere(service: str, tmp_path: Path) -> None:
    one, other = (folder_of(Paths(tmp_path / name), service) for name in ("a", "b/.git/c"))
    assert (one.name, digest(one)) == (other.name, digest(other))
    assert folder_of(Paths(tmp_path / "a"), service) == one
    assert [path.name for path in one.parent.iterdir()] == [one.name]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_of_rackhouse_it_needs_what_is_in_its_folder(service: str, tmp_path: Path) -> None:
    folder = folder_of(Paths(tmp_path), service)
    words = [
        "import sys",
        f"sys.path = [{str(folder)!r}] + [each for each in sys.path if not each.endswith('src')]",
        f"import rackhouse.services.{service}.__main__ as it",
        "print(it.__file__)",
    ]
    done = run_sync([sys.executable, "-I", "-B", "-c", "; ".join(words)], folder=tmp_path)
    assert done.code == 0, done.err
    assert Path(done.out.strip()).is_relative_to(folder)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_its_lock_is_that_of_the_tests(service: str) -> None:
    lock = ROOT / "src/rackhouse/services" / service / "requirements.lock"
    assert _pins(lock) <= _pins(ROOT / "requirements-dev.lock"), "run `make lock`"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[\[<>=! ]", it)[0] for it in project["optional-dependencies"][service]}
    assert asked <= {name for name, _ in _pins(lock)}, "run `make lock`"
