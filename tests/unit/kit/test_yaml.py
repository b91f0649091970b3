"""YAML with lines: what is read, where it stands, and what is not read."""

from __future__ import annotations

import pytest

from rackhouse.kit.errors import FileError
from rackhouse.kit.yaml import RULES, Kind, Node, parse, read

TEXT = """\
# a comment
name: hello
ports: [80, "81"]
deep:
  - {a: ~, b: 'x y'}
  - |
    two
    lines
"""


def _at(node: Node, *path: str | int) -> Node:
    for part in path:
        if isinstance(part, int):
            node = node.items[part]
        else:
            (node,) = [value for key, value in node.pairs if key.text == part]
    return node


def test_every_node_knows_its_place() -> None:
    root = read(TEXT, file="f.yaml")
    assert (root.kind, root.line, root.column) == (Kind.MAPPING, 2, 1)
    assert [key.line for key, _ in root.pairs] == [2, 3, 4]
    inner = _at(root, "deep", 0, "b")
    assert (inner.text, inner.line, inner.column) == ("x y", 5, 15)
    assert _at(root, "deep", 1).text == "two\nlines\n"


def test_a_scalar_stays_the_text_that_was_written() -> None:
    root = read("a: no\nb: 010\nc: 1:30\nd: 2026-11-20\ne: 1_000\nf: 1e3\n", file="f")
    assert [value.text for _, value in root.pairs] == [
        *("no", "010", "1:30", "2026-11-20", "1_000", "1e3"),
    ]


def test_a_plain_scalar_is_told_from_a_quoted_one() -> None:
    root = read(TEXT, file="f")
    assert _at(root, "ports", 0).plain
    assert not _at(root, "ports", 1).plain


def test_nothing_is_empty_and_a_quoted_nothing_is_not() -> None:
    root = read("a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: {}\n", file="f")
    assert [value.empty for _, value in root.pairs] == [True, True, True, False, False, False]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n...\n", "~\n"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    assert read(text, file="f") == Node(Kind.MAPPING, 1, 1)


def test_several_problems_come_in_one_answer() -> None:
    with pytest.raises(FileError) as caught:
        read("a: 1\na: 2\nb: !x 3\non: 4\n", file="f.yaml")
    assert [(problem.line, problem.rule) for problem in caught.value.problems] == [
        (2, "duplicate-key"),
        (3, "yaml-tag"),
        (4, "yaml-boolean-key"),
    ]
    assert "f.yaml, line 2" in str(caught.value)


def test_of_two_equal_keys_the_first_is_kept_and_the_rest_is_read() -> None:
    parsed = parse("a: 1\na: {b: 2, b: 3}\nc: 4\n")
    assert parsed.whole
    assert [(key.text, value.text) for key, value in parsed.root.pairs] == [("a", "1"), ("c", "4")]
    assert [problem.path for problem in parsed.problems] == ["", "a"]


@pytest.mark.parametrize("text", ["a: *x\n", "a: [\n", "a\tb: 1\n\tc: 2\n", "x: " + "[" * 51])
def test_a_tree_with_holes_says_so(text: str) -> None:
    assert not parse(text).whole


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    root = read("\ufeffa: 1\r\nb: 2\r\n", file="f")
    assert [(key.text, value.text, key.line) for key, value in root.pairs] == [
        ("a", "1", 1),
        ("b", "2", 2),
    ]


def test_fifty_levels_are_read_and_fifty_one_are_not() -> None:
    assert parse("[" * 50 + "]" * 50).problems == ()
    assert [p.rule for p in parse("[" * 51 + "]" * 51).problems] == ["yaml-too-deep"]


def test_a_quoted_key_may_be_any_word() -> None:
    root = read('"on": 1\n"8080": 2\n"null": 3\n', file="f")
    assert [key.text for key, _ in root.pairs] == ["on", "8080", "null"]


def test_a_file_of_just_one_mebibyte_is_read() -> None:
    assert parse("# " + "x" * (2**20 - 3) + "\n").problems == ()
    assert [p.rule for p in parse("#" + "é" * 2**19).problems] == ["yaml-too-large"]


def test_every_rule_says_why() -> None:
    assert not [name for name, why in RULES.items() if len(why) < 20]
