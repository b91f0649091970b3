"""The laws of a host's things: made, made again, spoilt, put back; and killed at any moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackhouse.resources.core import Text
from rackhouse.resources.host import Download, File, Folder, KernelArguments, Modules, Names, Sysctl
from rackhouse.targets.host.agent import disk
from rackhouse.targets.host.agent.failure import Failure
from unit.host.agent import ME, MY_GROUP, Agent, Killed, dying

OURS = {"user": ME, "group": MY_GROUP}
BINARY = b"\x7fELF" + bytes(range(256))


def file(path: str, content: str, **more: Any) -> File:
    return File(path, Text.of(content), **OURS, **more)


@dataclass(frozen=True)
class Example:
    """A thing, another form of it, and what a person might do to it."""

    kind: str
    first: Any
    second: Any
    spoil: Callable[[Path], object]

    def __str__(self) -> str:
        return self.kind


def _line(root: Path) -> Path:
    return root / "boot/firmware/cmdline.txt"


EXAMPLES = (
    Example(
        "file",
        file("/etc/a/b.conf", "one: €😀\n", mode=0o640),
        file("/etc/c.conf", "two"),
        lambda root: (root / "etc/a/b.conf").write_text("by hand"),
    ),
    Example(
        "folder",
        Folder("/srv/data", 0o750, **OURS),
        Folder("/srv/data", 0o700, **OURS),
        lambda root: (root / "srv/data").chmod(0o777),
    ),
    Example(
        "sysctl",
        Sysctl((("net.x", "1"), ("net.y", "2"))),
        Sysctl((("net.y", "3"),)),
        lambda root: (root / "proc/sys/net/x").write_text("7"),
    ),
    Example(
        "modules",
        Modules(("overlay", "br_netfilter")),
        Modules(("overlay",)),
        lambda root: (root / "etc/modules-load.d/rackhouse-it.conf").unlink(),
    ),
    Example(
        "kernel",
        KernelArguments(("cgroup_memory=1", "quiet")),
        KernelArguments(("cgroup_enable=memory", "quiet")),
        lambda root: _line(root).write_text("root=/dev/x quiet\ncgroup_memory=1\n"),
    ),
    Example(
        "names",
        Names((("10.0.0.1", "git.x"), ("10.0.0.2", "git.x"))),
        Names((("10.0.0.3", "git.x"),)),
        lambda root: (root / "etc/hosts").write_text("127.0.0.1 localhost\n"),
    ),
    Example(
        "download",
        Download("/usr/bin/k3s", "https://example.org/k3s", sha256(BINARY).hexdigest(), 0o755),
        Download("/usr/bin/k3s", "https://example.org/k3s", sha256(BINARY).hexdigest(), 0o700),
        lambda root: (root / "usr/bin/k3s").write_bytes(b"other"),
    ),
)
WITHOUT_NETWORK = tuple(each for each in EXAMPLES if each.kind != "download")
SLOW = ("sysctl", "modules", "folder", "names")  # as the others, so make test leaves them out
KILLED = tuple(
    pytest.param(each, id=str(each), marks=[pytest.mark.slow] if each.kind in SLOW else [])
    for each in WITHOUT_NETWORK
)
each_example = pytest.mark.parametrize("example", WITHOUT_NETWORK, ids=str)


def fresh(root: Path) -> Agent:
    agent = Agent(root)
    for name in ("x", "y"):
        (root / "proc/sys/net" / name).write_text("0")
    _line(root).parent.mkdir(parents=True)
    _line(root).write_text("root=/dev/x quiet\n")
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    return agent


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power is cut here, and flushing thousands of times to a busy disk takes a minute."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    yield fresh(tmp_path / "root")
    disk.ROOT = ""


@each_example
def test_made_twice_it_is_the_same_and_whole(example: Example, agent: Agent) -> None:
    once = agent.ensure(example.kind, "it", example.first)
    tree = agent.tree()
    assert once["made"] == once["found"]
    assert not once["why"]
    assert agent.ensure(example.kind, "it", example.first) == once
    assert agent.tree() == tree
    assert agent.seen() == [once]


@each_example
def test_what_a_hand_changed_is_seen_and_mended(example: Example, agent: Agent) -> None:
    once = agent.ensure(example.kind, "it", example.first)
    tree = agent.tree()
    example.spoil(agent.root)
    [spoilt] = agent.seen()
    assert spoilt["made"] == once["made"] != spoilt["found"]
    assert agent.ensure(example.kind, "it", example.first) == once
    assert agent.tree() == tree


@each_example
def test_changed_and_removed_it_leaves_what_was_before(example: Example, agent: Agent) -> None:
    before = agent.tree()
    agent.ensure(example.kind, "it", example.first)
    agent.ensure(example.kind, "it", example.second)
    agent.remove(example.kind, "it")
    agent.remove(example.kind, "it")
    kept = {"etc/sysctl.d", "etc/modules-load.d"}  # folders of the distribution, made where absent
    assert {k: v for k, v in agent.tree().items() if k not in kept} == before
    assert agent.records() == []


@pytest.mark.parametrize("example", KILLED)
def test_killed_anywhere_the_next_try_ends_the_same(example: Example, tmp_path: Path) -> None:
    """Before each single file operation of: making, changing, removing."""
    acts: tuple[Callable[[Agent], object], ...] = (
        lambda agent: agent.ensure(example.kind, "it", example.first),
        lambda agent: agent.ensure(example.kind, "it", example.second),
        lambda agent: agent.remove(example.kind, "it"),
    )
    calm = fresh(tmp_path / "calm")
    for done, act in enumerate(acts):
        act(calm)
        want, after = (calm.tree(), [_lasting(each) for each in calm.seen()]), 0
        while _dies(world := fresh(tmp_path / f"{done}-{after}"), acts[:done], act, after):
            act(world)
            assert (world.tree(), [_lasting(each) for each in world.seen()]) == want, after
            after += 1
        assert after > 3
        disk.ROOT = str(calm.root)
    disk.ROOT = ""


def _dies(
    agent: Agent,
    earlier: tuple[Callable[[Agent], object], ...],
    act: Callable[[Agent], object],
    after: int,
) -> bool:
    for each in earlier:
        each(agent)
    try:
        with dying(after):
            act(agent)
    except Killed:
        _none_is_half_written(agent)
        return True
    return False


def _none_is_half_written(agent: Agent) -> None:
    """Whoever reads the paths that matter finds all of one version."""
    path = agent.root / "etc/a/b.conf"
    assert not path.exists() or path.read_text() == "one: €😀\n"


def _lasting(seen: Any) -> Any:
    return seen["made"], seen["found"], seen["why"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(data=st.data())
def test_any_order_of_changes_and_deaths_can_be_undone(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    agent = fresh(tmp_path_factory.mktemp("world") / "root")
    (agent.root / "etc/theirs").write_text("theirs")
    before = agent.tree()
    paths, words = st.sampled_from(["/etc/theirs", "/etc/new/x", "/y"]), st.text(max_size=3)
    for _ in range(data.draw(st.integers(1, 5))):
        spec = file(data.draw(paths), data.draw(words), replaces=True)
        try:
            with dying(data.draw(st.integers(0, 60))):
                agent.ensure("file", "it", spec)
        except Killed:
            continue
    agent.ensure("file", "it", file("/etc/new/z", "last"))
    agent.remove("file", "it")
    assert agent.tree() == before
    disk.ROOT = ""


def test_a_strangers_file_is_refused_and_left(agent: Agent) -> None:
    theirs = agent.root / "etc/theirs"
    theirs.write_text("theirs")
    with pytest.raises(Failure, match="did not write it"):
        agent.ensure("file", "it", file("/etc/theirs", "ours"))
    assert theirs.read_text() == "theirs"
    assert agent.seen() == []


def test_the_same_file_is_taken_over_and_stays(agent: Agent) -> None:
    theirs = agent.root / "etc/theirs"
    theirs.write_text("same")
    theirs.chmod(0o644)
    agent.ensure("file", "it", file("/etc/theirs", "same"))
    agent.ensure("file", "it", file("/etc/theirs", "changed"))
    agent.remove("file", "it")
    assert theirs.read_text() == "same"


def test_a_link_of_the_distribution_comes_back(agent: Agent) -> None:
    link = agent.root / "etc/resolv.conf"
    link.symlink_to("../run/resolv.conf")
    agent.ensure("file", "it", file("/etc/resolv.conf", "nameserver ::1\n", replaces=True))
    assert not link.is_symlink()
    agent.remove("file", "it")
    assert str(link.readlink()) == "../run/resolv.conf"


def test_another_racks_thing_is_refused(agent: Agent) -> None:
    agent.ensure("file", "it", file("/etc/a", "one"))
    with pytest.raises(Failure, match="belongs to the rack 'test'"):
        agent.remove("file", "it", rack="other")


def test_a_check_that_fails_leaves_the_old_file(agent: Agent) -> None:
    agent.ensure("file", "it", file("/etc/a", "good", check=("grep", "-q", "good", "{}")))
    with pytest.raises(Failure, match=r"grep -q good \S+: exit code 1"):
        agent.ensure("file", "it", file("/etc/a", "bad", check=("grep", "-q", "good", "{}")))
    assert (agent.root / "etc/a").read_text() == "good"
    assert {p.name for p in (agent.root / "etc").iterdir()} == {"a", "hosts"}


def test_arguments_on_a_second_line_are_merged_and_it_is_said(agent: Agent) -> None:
    _line(agent.root).write_text("root=/dev/x quiet\ncgroup_memory=1\n")
    agent.ensure("kernel", "arguments", KernelArguments(("cgroup_memory=1", "splash")))
    assert _line(agent.root).read_text() == "root=/dev/x quiet cgroup_memory=1 splash\n"
    assert "had 2 lines" in agent.said[0]


def test_without_a_cmdline_there_is_nothing_to_do(agent: Agent) -> None:
    _line(agent.root).unlink()
    seen = agent.ensure("kernel", "arguments", KernelArguments(("cgroup_memory=1",)))
    assert not seen["why"]
    assert agent.said == ["no cmdline.txt: this is no Raspberry Pi, nothing to do"]


def test_lines_of_others_stay_in_their_order(agent: Agent) -> None:
    hosts = agent.root / "etc/hosts"
    hosts.write_text("127.0.0.1 localhost\n10.0.0.9 printer")
    agent.ensure("names", "k3s", Names((("10.0.0.1", "git.x"),)))
    ours = "10.0.0.1 git.x  # rackhouse: k3s\n"
    assert hosts.read_text() == f"127.0.0.1 localhost\n10.0.0.9 printer\n{ours}"
    hosts.write_text(f"{hosts.read_text()}10.0.0.8 scanner\n")
    agent.remove("names", "k3s")
    assert hosts.read_text() == "127.0.0.1 localhost\n10.0.0.9 printer\n10.0.0.8 scanner\n"


def test_a_folder_that_is_not_empty_stays(agent: Agent) -> None:
    agent.ensure("folder", "it", Folder("/srv", **OURS))
    (agent.root / "srv/data").write_text("data")
    agent.remove("folder", "it")
    assert (agent.root / "srv/data").read_text() == "data"
    assert agent.said[-1] == "/srv stays: it is not empty"


def test_one_thing_in_trouble_does_not_hide_the_others(agent: Agent) -> None:
    agent.ensure("file", "a", file("/etc/a/f", "one"))
    agent.ensure("file", "b", file("/etc/b", "two"))
    (agent.root / "etc/a/f").unlink()
    (agent.root / "etc/a").rmdir()
    (agent.root / "etc/a").symlink_to("a")  # a link to itself cannot be followed
    trouble, fine = agent.seen()
    assert trouble["why"].endswith("too many levels of symbolic links")
    assert trouble["found"] != trouble["made"]
    assert fine["found"] == fine["made"]
