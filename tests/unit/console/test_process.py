"""What the console is told, what it keeps in mind, and how it follows the rack file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rackhouse.console.addresses import own_addresses, remembered
from rackhouse.console.history import KEPT, History
from rackhouse.console.house import House
from rackhouse.console.settings import read_settings
from rackhouse.console.templating import ago, span
from rackhouse.kit.errors import UsageError
from rackhouse.operations.view import UnitView
from rackhouse.supervisor.unit import Phase
from unit.console.house import empty_house

TOLD = {
    "RACKHOUSE_CONSOLE_PORT": "8400",
    "RACKHOUSE_SIGNING_KEY": "key",
    "RACKHOUSE_CONSOLE_SECRET": "secret",
}


def test_reads_its_settings_once() -> None:
    settings = read_settings(["/state"], {**TOLD, "RACKHOUSE_RACK_FILE": "/rack.yaml"})
    assert (settings.root, settings.port) == (Path("/state"), 8400)
    assert settings.rack_file == Path("/rack.yaml")
    assert read_settings([], {**TOLD, "RACKHOUSE_HOME": "/else"}).root == Path("/else")
    assert read_settings(["/state"], {**TOLD, "RACKHOUSE_RACK_FILE": ""}).rack_file is None


def test_its_settings_do_not_print_secrets() -> None:
    settings = read_settings(["/state"], {**TOLD, "RACKHOUSE_SIGNING_KEY": "hunter2"})
    assert "hunter2" not in repr(settings)
    assert "'secret'" not in repr(settings)


@pytest.mark.parametrize(
    ("arguments", "environment", "what"),
    [
        ([], TOLD, "needs the state folder"),
        (["/state"], {}, "RACKHOUSE_CONSOLE_PORT and RACKHOUSE_SIGNING_KEY and"),
        (["/state"], {**TOLD, "RACKHOUSE_CONSOLE_PORT": "x"}, "'x' and not a port"),
        (["/state"], {**TOLD, "RACKHOUSE_CONSOLE_PORT": "65536"}, "not a port"),
    ],
)
def test_says_what_it_was_not_told(
    arguments: list[str], environment: dict[str, str], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        read_settings(arguments, environment)


def a_unit(name: str, memory: int = 0, cpu: float = 0.0, pid: int = 1) -> UnitView:
    return UnitView(name=name, phase=Phase.READY, memory=memory, cpu=cpu, pid=pid)


def test_use_is_added_up_from_now_backwards() -> None:
    history = History()
    history.sample([a_unit("old", 10, 1.0)], 2)
    history.sample([a_unit("old", 20, 2.0), a_unit("new", 5, 7.0)], 2)
    history.sample([a_unit("old", 30, 2.5), a_unit("new", 6, 7.5)], 2)
    assert history.memory(["old", "new", "nothing"]) == [10, 25, 36]
    assert history.cpu(["old"]) == [0, 0.5, 0.25]
    assert history.cpu(["old", "new"]) == [0, 0.5, 0.5]


def test_a_process_that_was_started_anew_counts_anew() -> None:
    history = History()
    history.sample([a_unit("a", cpu=100.0, pid=1)], 2)
    history.sample([a_unit("a", cpu=1.0, pid=2)], 2)
    history.sample([a_unit("a", cpu=2.0, pid=2)], 2)
    assert history.cpu(["a"]) == [0, 0, 0.5]


def test_only_the_last_quarter_of_an_hour_is_kept_and_the_gone_are_forgotten() -> None:
    history = History()
    for n in range(KEPT + 10):
        history.sample([a_unit("a", n)], 2)
    assert history.memory(["a"]) == list(range(10, KEPT + 10))
    history.sample([], 2)
    assert history.memory(["a"]) == []


def test_the_rack_follows_its_file_and_keeps_the_last_good_one(tmp_path: Path) -> None:
    base = empty_house(tmp_path)
    file = tmp_path / "rack.yaml"

    def write(text: str, at: int) -> None:
        file.write_text(text)
        os.utime(file, (at, at))

    write("rack: cellar\n", 1)
    house = House(base.store, base.paths, file)
    assert house.rack.name == "cellar"
    write("rack: attic\n", 2)
    assert house.rack.name == "attic"
    write("rack: [\n", 3)
    assert house.rack.name == "attic"
    file.unlink()
    assert house.rack.name == "home"
    assert House(base.store, base.paths, None).rack.name == "home"


@pytest.mark.slow
def test_it_starts_without_the_types_of_kubernetes() -> None:
    """They are a third of what it takes to start, and most racks have no cluster."""
    asks = "import sys, rackhouse.console.__main__; print('lightkube' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_own_addresses_are_no_loopback_and_asked_for_seldom() -> None:
    assert not [address for address in own_addresses() if address.startswith("127.")]
    answers = iter([frozenset({"10.0.0.1"}), frozenset({"10.0.0.2"})])
    ask = remembered(lambda: next(answers))
    assert ask() == ask() == {"10.0.0.1"}


def test_times_are_written_for_people() -> None:
    assert ago(0, 1) == "just now"
    assert ago(0, 600) == "10 min ago"
    assert ago(600, 0) == "in 10 min"
    assert span(-5) == "0.0 s"
