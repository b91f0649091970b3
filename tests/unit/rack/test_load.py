"""Any text answers a Rack or a FileError; one mistake is one problem; nothing is slow."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import FileError
from rackhouse.kit.yaml import Kind, Node, parse
from rackhouse.rack import Rack, load
from unit.rack.racks import STEADY

RACKS = Path(__file__).parents[3] / "examples" / "racks"
EXAMPLES = {file.name: file.read_text() for file in sorted(RACKS.glob("*.yaml"))}
HOME = EXAMPLES["home.yaml"]


def _problems(text: str) -> list[tuple[int, str]]:
    """Line and rule of each; none when it is a rack. Another exception fails the test."""
    try:
        load(text)
    except FileError as error:
        problems = error.problems
    else:
        return []
    assert problems
    lines = max(len(text.splitlines()), 1)
    assert all(0 <= problem.line <= lines for problem in problems)
    return [(problem.line, problem.rule) for problem in problems]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_right(name: str) -> None:
    assert load(EXAMPLES[name], name)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "~", "{}", "\ufeff"])
def test_nothing_is_a_rack_of_one(text: str) -> None:
    assert load(text) == Rack()


@STEADY
@given(st.text())
def test_any_text_answers_a_rack_or_its_problems(text: str) -> None:
    _problems(text)


@STEADY
@given(st.lists(st.sampled_from(HOME.splitlines()), max_size=40))
def test_any_lines_answer_a_rack_or_their_problems(lines: list[str]) -> None:
    _problems("\n".join(lines))


@STEADY
@given(st.integers(0, len(HOME)), st.integers(0, 30), st.text(max_size=5))
def test_any_edit_answers_a_rack_or_its_problems(at: int, cut: int, put: str) -> None:
    _problems(HOME[:at] + put + HOME[at + cut :])


def _scalars(node: Node) -> list[Node]:
    if node.kind is Kind.SCALAR:
        return [node]
    inner = [*node.items, *(value for _, value in node.pairs)]
    return [scalar for child in inner for scalar in _scalars(child)]


def _keys(node: Node) -> list[Node]:
    keys = [key for key, _ in node.pairs]
    inner = [*node.items, *(value for _, value in node.pairs)]
    return keys + [key for child in inner for key in _keys(child)]


def _replace(text: str, node: Node, new: str) -> str:
    lines = text.splitlines(keepends=True)
    line, at = lines[node.line - 1], node.column - 1
    end = at + len(node.text) + (0 if node.plain else 2)
    lines[node.line - 1] = line[:at] + new + line[end:]
    return "".join(lines)


@pytest.mark.parametrize("scalar", _scalars(parse(HOME).root), ids=lambda n: f"{n.line}-{n.text}")
def test_one_mistyped_value_is_one_problem(scalar: Node) -> None:
    assert _problems(_replace(HOME, scalar, '""')) == [(scalar.line, "wrong-value")]


NAMED = {
    *("gate", "pi-1", "pi-2", "pi-3", "pi-4", "forge", "desk", "chat", "embed", "hello"),
    *("gateway", "retrieval", "scripture", "study", "home"),
    *("management", "cluster", "gpu", "development", "guests"),
}


@pytest.mark.parametrize(
    "key",
    [key for key in _keys(parse(HOME).root) if key.text not in NAMED],
    ids=lambda n: f"{n.line}-{n.text}",
)
def test_one_mistyped_key_is_one_problem(key: Node) -> None:
    assert _problems(_replace(HOME, key, f"{key.text}x")) == [(key.line, "unknown-key")]


def test_ten_megabytes_are_refused_at_once() -> None:
    text = "a: [" + "{b: c}, " * 1_400_000
    began = time.perf_counter()
    assert _problems(text) == [(0, "yaml-too-large")]
    assert time.perf_counter() - began < 0.5


def test_a_bomb_is_refused_at_once() -> None:
    text = "x0: &x0 [x]\n" + "".join(
        f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 200)
    )
    began = time.perf_counter()
    assert {rule for _, rule in _problems(text)} == {"yaml-anchor"}
    assert time.perf_counter() - began < 1


def test_a_thousand_applications_are_read_in_no_time() -> None:
    text = "applications:\n" + "".join(f"  app{n}: {{folder: ./app{n}}}\n" for n in range(1000))
    began = time.perf_counter()
    assert len(load(text).applications) == 1000
    assert time.perf_counter() - began < 1


def test_the_order_of_the_file_is_kept_and_the_lines_are_known() -> None:
    rack = load("applications:\n  b: {folder: b}\n  a: {folder: a}\n")
    assert [(app.name, app.line) for app in rack.applications] == [("b", 2), ("a", 3)]


def test_an_error_reads_well() -> None:
    with pytest.raises(FileError) as caught:
        load("nodes:\n  pi-1: {role: server, disc: sd}\n", "attic/rack.yaml")
    assert str(caught.value) == (
        "attic/rack.yaml, line 2: nodes.pi-1: 'disc' is no key here [unknown-key]\n"
        "  fix: Did you mean 'disk'?"
    )
