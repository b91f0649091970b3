"""What the pages of repositories make of names, addresses and patches. Nothing is served here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.console.code.links import Links, read_query, resolve
from rackhouse.console.code.patch import read_patch
from rackhouse.console.code.readme import render
from rackhouse.console.code.words import code_lines, shown
from rackhouse.kit.paths import Paths
from rackhouse.store.sqlite_forge import SqliteForge
from unit.delivery.repositories.conftest import Place

BYTES = st.binary(min_size=1, max_size=60).map(lambda b: b.decode(errors="surrogateescape"))


@given(BYTES, BYTES)
def test_whatever_it_is_called_its_address_leads_back_to_it(at: str, path: str) -> None:
    address = urlsplit(Links("hello", at).files(path))
    assert address.path == "/repositories/hello/files"
    assert read_query(address.query.encode("ascii")) == {"at": at, "path": path}


@given(st.text() | BYTES)
def test_what_is_shown_is_one_line_of_text(text: str) -> None:
    assert shown(text).encode().decode() == shown(text)
    assert not set(shown(text)) & set("\n\r\0\x1b\u202e\u2066\u2028")


def test_what_hides_is_told() -> None:
    assert shown("a\nb\t\x1b[31m\udcff\u202ec\x85") == "a\\nb\\t\\x1b[31m\\xff[U+202E]c[U+0085]"
    assert shown("  ") == '"  "'
    assert shown("Grüße, \u05e9\u05dc\u05d5\u05dd") == "Grüße, \u05e9\u05dc\u05d5\u05dd"
    assert code_lines("a\tb\r\n\r\n\x0c\n") == ["a\tb", "", "\\x0c"]
    assert code_lines("") == []
    assert code_lines("x" * 2001) == ["x" * 2000 + " \u2026 and 1 character more"]


@pytest.mark.parametrize(
    ("folder", "path", "means"),
    [
        ("", "a", "a"),
        ("docs", "../a", "a"),
        ("docs", "..", ""),
        ("docs", "./x/", "docs/x"),
        ("docs", "../..", None),
        ("docs", "x/../../../etc", None),
        ("", "/etc/passwd", None),
        ("", "//etc", None),
        ("", "..a", "..a"),
    ],
)
def test_where_a_link_in_the_repository_leads(folder: str, path: str, means: str | None) -> None:
    assert resolve(folder, path) == means


def patch_of(place: Place, before: dict[str, bytes], after: dict[str, bytes]) -> str:
    place.make()
    first = place.commit(before)
    return place.git().diff(first, place.commit(after))[0]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    forge = SqliteForge(tmp_path / "store.db")
    yield Place(Paths(tmp_path), forge)
    forge.close()


def test_names_of_changed_files_are_the_ones_that_git_has(place: Place) -> None:
    odd = ["a b", 'q"uote', "new\nline", "tab\t", "\udcff", "ümläut", "-x", "a => b", " b/ b"]
    patch = patch_of(place, {"keep": b"k"}, {"keep": b"k", **dict.fromkeys(odd, b"x\n")})
    found = read_patch(patch)
    assert {change.path for change in found} == set(odd)
    assert {change.kind for change in found} == {"added"}


def test_lines_that_look_like_headers_are_lines(place: Place) -> None:
    text = b"-- a/x\n++ b/x\ndiff --git a/y b/y\n@@ -1 +1 @@\n\\ x\n"
    (change,) = read_patch(patch_of(place, {"x": text}, {"x": b"one\n" + text[:-1]}))
    (hunk,) = change.hunks
    assert (change.path, change.added, change.removed) == ("x", 2, 1)
    assert [(line.sign, line.old, line.new) for line in hunk.lines] == [
        ("+", 0, 1), (" ", 1, 2), (" ", 2, 3), (" ", 3, 4), (" ", 4, 5), ("-", 5, 0), ("+", 0, 6),
        ("\\", 0, 0),
    ]  # fmt: skip


def test_renames_removals_binaries_and_links(place: Place) -> None:
    long = b"line\n" * 50
    before = {"old name": long, "gone": b"g\n", "bin": b"\0\1", "was": b"file\n"}
    after = {"new\nname": long, "bin": b"\0\2", "was->": b"target"}
    found = {change.path: change for change in read_patch(patch_of(place, before, after))}
    assert (found["new\nname"].kind, found["new\nname"].before) == ("renamed", "old name")
    assert found["gone"].kind == "removed"
    assert found["bin"].binary
    assert set(found) == {"new\nname", "gone", "bin", "was"}


def test_a_patch_may_be_cut_anywhere(place: Place) -> None:
    patch = patch_of(place, {"a": b"1\n2\n", "b\n": b"1\n"}, {"a": b"1\n3\n", "c": b"\0"})
    whole = read_patch(patch)
    for size in range(len(patch)):
        assert len(read_patch(patch[:size])) <= len(whole)


@given(st.text(alphabet='@-+ 0123456789,"\\\nabdiff git/', max_size=200))
def test_no_patch_is_too_odd_to_be_read(text: str) -> None:
    read_patch(f"diff --git a/x b/x\n{text}")


PIECES = (
    *(
        "<",
        ">",
        '"',
        "'",
        "&",
        "&lt;",
        "&#x6a;",
        "\n",
        "\n\n",
        " ",
        "\t",
        "\0",
        "[",
        "](",
        ")",
        "![",
    ),
    *("`", "```", "# ", "- ", "|", "\\", "//", "..", "%2f", "%00", "\u202e", "x", "=", "/", ":"),
    *("<script>", "</script>", "<style>", "<svg ", "<math>", "<img src=", "<a href=", "<a id="),
    *("<!--", "-->", "<![CDATA[", "<noscript>", "<template>", "<textarea>", "<title>", "<iframe "),
    *("javascript:alert(1)", "JaVa\tScRiPt:", "data:text/html,", "https://evil.example/"),
    *("onerror=alert(1)", " onload=x", " style=color:red", ' class="skip"', " srcset=", "<form>"),
    *("<h1 align=center>", "<pre>", "</pre>", "</div></main>", "<p id=main>", "<base href="),
)
SAFE = {"href", "title", "id", "class", "aria-label", "rel", "src", "alt", "width", "height"}
SAFE |= {"start", "open", "align", "colspan", "rowspan", "tabindex"}


class Rendered(HTMLParser):
    """AssertionError for whatever could do something."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "style", "svg", "math", "iframe", "form", "h1", "h2", "base"}
        for name, value in attrs:
            assert name in SAFE, (tag, name)
            if name == "href":
                assert re.match(r"(#readme-|/repositories/hello/files|https?://)", str(value))
            if name == "src":
                assert str(value).startswith("/repositories/hello/raw?at=v1")
            if name == "id":
                assert str(value).startswith("readme-")
            if name == "class":
                assert re.fullmatch("anchor|[a-z][a-z0-9]{0,2}|", str(value))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_readme_can_do_anything(text: str) -> None:
    Rendered().feed(render(text, "hello", "v1", "docs"))


def test_what_people_write_in_a_readme_stays() -> None:
    html = render(
        '<h1 align="center">Name</h1>\n\n<details><summary>More</summary>\n\n1. one\n\n</details>'
        '\n\n<img src="/logo.svg" width="20"> ~~old~~ [up](../) [there](#a)\n'
        "[mail](mailto:a@b.example)\n\n"
        "## A\n\n## A\n\n```rust\nfn main() {}\n```\n\n```nobody-knows\n<x>\n```\n",
        "hello", "", "docs",
    )  # fmt: skip
    for piece in (
        '<h3 align="center">Name</h3>',
        "<summary>More</summary>",
        '<img src="/repositories/hello/raw?path=logo.svg" width="20">',
        "<s>old</s>",
        '<a href="/repositories/hello/files" ',
        '<a href="#readme-a" ',
        '<a href="mailto:a@b.example" ',
        '<h4 id="readme-a">A',
        '<h4 id="readme-a-1">A',
        '<span class="k">fn</span>',
        "<code>&lt;x&gt;\n</code>",
    ):
        assert piece in html, (piece, html)
