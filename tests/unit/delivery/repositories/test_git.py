"""A repository read: whatever its names and contents are, nothing but it is read."""

from __future__ import annotations

import pytest

from rackhouse.delivery.repositories.parse import touches
from rackhouse.kit.errors import Missing, UsageError
from unit.delivery.repositories.conftest import Place


@pytest.fixture(autouse=True)
def _hello(place: Place) -> None:
    place.make()


def test_an_empty_repository_has_nothing(place: Place) -> None:
    git = place.git()
    assert git.branches() == git.tags() == []
    assert git.heads() == {}
    assert git.head("refs/heads/main") == git.find("main") == ""


def test_commits_and_what_they_say(place: Place) -> None:
    first = place.commit({"a": b"1\n"}, "first\n\nwhy\x1e\x1f it is\n")
    second = place.commit({"a": b"2\n", "b": b"3\n"}, "second")
    git = place.git()
    assert [commit.sha for commit in git.log(second)] == [second, first]
    assert [commit.sha for commit in git.log(second, limit=1, skip=1)] == [first]
    assert [commit.sha for commit in git.log(second, path="b")] == [second]
    told = git.commit(first)
    assert (told.subject, told.body) == ("first", "why\x1e\x1f it is")
    assert (told.author, told.email, told.written) == ("Ada", "ada@example.test", 1700000000)
    assert git.commit(second).parents == (first,)


@pytest.mark.parametrize("when", ["9" * 18, "99999999999"])
def test_a_date_of_no_calendar_is_none(place: Place, when: str) -> None:
    first = place.commit({"a": b"1\n"}, "first")
    text = place.run("cat-file", "commit", first).replace("1700000000", when)
    sha = place.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode() + b"\n")
    told = place.git().commit(sha)
    assert (told.written, told.committed, told.subject) == (0, 0, "first")


def test_branches_and_tags(place: Place) -> None:
    sha = place.commit({"a": b"1\n"}, on="feature/\u2028<script>")
    place.run("tag", "-a", "-m", "notes", "v1", sha)
    git = place.git()
    assert [(b.name, b.sha) for b in git.branches()] == [("feature/\u2028<script>", sha)]
    (tag,) = git.tags()
    assert (tag.name, tag.sha, tag.subject) == ("v1", sha, "notes")
    assert git.find("v1") == git.find(sha[:8]) == git.find("feature/\u2028<script>") == sha
    assert git.head("refs/tags/v1") == sha


@pytest.mark.parametrize(
    "word",
    ["--help", "-1", "HEAD", "@", "main~1", "main^", "main@{0}", ":/change", "refs/heads/main",
     "main:a", "..", "", "\0", "main\n", "a" * 300, "\udcff"],
)  # fmt: skip
def test_what_a_person_asks_for_is_no_revision_and_no_option(place: Place, word: str) -> None:
    place.commit({"a": b"1\n"})
    place.commit({"a": b"2\n"})
    assert place.git().find(word) == ""
    assert place.git().head(f"refs/heads/{word}") == ""


def test_folders_and_files(place: Place) -> None:
    odd = ["z", "a b", "-rf", "\u00fcml\u00e4ut", '"quoted"', "new\nline", "tab\t", "\udcff", "%2e"]
    sha = place.commit(dict.fromkeys(odd, b"x") | {"dir/sub/deep": b"deep", "dir/b": b""})
    git = place.git()
    top = git.tree(sha)
    assert [(entry.name, entry.kind) for entry in top[:1]] == [("dir", "tree")]
    assert {entry.name for entry in top[1:]} == set(odd)
    assert [entry.name for entry in git.tree(sha, "dir/sub")] == ["deep"]
    assert git.blob(sha, "dir/sub/deep").content == b"deep"
    for name in odd:
        assert git.blob(sha, name).content == b"x"


@pytest.mark.parametrize(
    "path",
    ["..", "../config", "dir/../a", "/etc/passwd", "./a", "a/", "dir//b", "nothing", "dir/nothing",
     "a\0b", "link/x", "link"],
)  # fmt: skip
def test_paths_lead_nowhere_else(place: Place, path: str) -> None:
    sha = place.commit({"a": b"1", "dir/b": b"2", "link->": b"/etc"})
    git = place.git()
    with pytest.raises(Missing):
        git.tree(sha, path)
    if path != "link":
        with pytest.raises(Missing):
            git.blob(sha, path)


def test_a_link_is_shown_and_not_followed(place: Place) -> None:
    sha = place.commit({"passwords->": b"/etc/passwd"})
    blob = place.git().blob(sha, "passwords")
    assert blob.link
    assert blob.content == b"/etc/passwd"


def test_large_and_binary_files_are_cut_and_told(place: Place) -> None:
    sha = place.commit({"large": b"y" * 3000, "binary": b"\0\xff" * 10})
    git = place.git()
    large = git.blob(sha, "large", limit=1000)
    assert (large.content, large.size, large.cut) == (b"y" * 1000, 3000, True)
    binary = git.blob(sha, "binary")
    assert binary.binary
    assert binary.content == b"\0\xff" * 10
    assert not binary.cut


def test_differences(place: Place) -> None:
    first = place.commit({"a": b"1\n", "same": b"s\n"})
    second = place.commit({"a": b"2\n", "same": b"s\n", "new\nname": b"n\n"})
    git = place.git()
    patch, cut = git.diff(first, second)
    assert "-1\n+2\n" in patch
    assert not cut
    assert git.changed_paths(first, second) == ("a", "new\nname")
    assert git.changed_paths("", first) == ("a", "same")
    assert "+1\n" in git.diff("", first)[0]
    assert git.diff(first, second, limit=20)[1]
    assert git.is_ancestor(first, second)
    assert not git.is_ancestor(second, first)
    assert not git.is_ancestor("0" * 40, second)


def test_who_touched_what_last(place: Place) -> None:
    odd = "0" * 40  # a name like an id
    first = place.commit({"a": b"1", "new\nline": b"1", "dir/sub/x": b"1", "\udcff": b"1"}, "first")
    second = place.commit({"a": b"2", "new\nline": b"1", "dir/sub/x": b"1", odd: b"1"}, "second")
    third = place.commit({"a": b"2", "new\nline": b"1", "dir/sub/x": b"2", odd: b"1"}, "third")
    git = place.git()
    found = {name: touch.sha for name, touch in git.touched(third).items()}
    expected = {"a": second, "new\nline": first, "dir": third, odd: second, "\udcff": second}
    assert found == expected  # what was removed is told too: nobody asks for it
    assert {name: touch.subject for name, touch in git.touched(third, "dir").items()} == {
        "sub": "third"
    }
    assert "new\nline" not in git.touched(third, limit=1)
    assert git.touched(third, "dir/none") == {}


def test_touches_that_were_cut_are_those_that_came(place: Place) -> None:
    whole = (
        b"\0"
        + b"a" * 40
        + b"\x0012\0why\0\0\none\0two\0\0"
        + b"b" * 40
        + b"\x0011\0who\0\0\nthree\0"
    )
    for size in range(len(whole)):
        found = touches(whole[:size], "")
        assert {touch.at for touch in found.values()} <= {12.0, 11.0}
    assert {name: touch.at for name, touch in touches(whole, "").items()} == {
        "one": 12.0, "two": 12.0, "three": 11.0
    }  # fmt: skip


def test_how_far_branches_are_apart(place: Place) -> None:
    base = place.commit({"a": b"1"})
    main = place.commit({"a": b"2"})
    place.run("update-ref", "refs/heads/side", base)
    place.commit({"b": b"1"}, on="side")
    side = place.commit({"b": b"2"}, on="side")
    alone = place.commit({"c": b"1"}, on="alone")
    git = place.git()
    assert git.distance(main, side) == (1, 2)
    assert git.fork(main, side) == base
    assert git.fork(main, alone) == ""
    assert len(git.log(side, without=main)) == 2


def test_what_lies_at_a_path(place: Place) -> None:
    sha = place.commit({"dir/a": b"1", "link->": b"dir"})
    git = place.git()
    kinds = {path: git.entry(sha, path) for path in ("dir", "dir/a", "link", "none")}
    assert {path: entry and entry.kind for path, entry in kinds.items()} == {
        "dir": "tree", "dir/a": "blob", "link": "blob", "none": None
    }  # fmt: skip
    assert kinds["link"]
    assert kinds["link"].link
    for path in ("..", "dir/../dir", "/dir", "", "link/a"):
        with pytest.raises(Missing):
            git.entry(sha, path)


@pytest.mark.parametrize("sha", ["main", "--all", "abc", "", "0" * 39, "G" * 40, "a" * 40 + "\n"])
def test_only_full_ids_are_taken_where_an_id_is_meant(place: Place, sha: str) -> None:
    with pytest.raises(UsageError):
        place.git().commit(sha)


def test_what_is_not_there_is_missing(place: Place) -> None:
    nothing = "0123456789" * 4
    git = place.git()
    assert not git.has(nothing)
    with pytest.raises(Missing):
        git.commit(nothing)
    with pytest.raises(Missing):
        git.tree(nothing)
    with pytest.raises(Missing):
        git.diff(nothing, nothing)


def test_a_hook_or_a_filter_that_lies_in_it_is_never_run(place: Place) -> None:
    sha = place.commit({"a": b"1\n", ".gitattributes": b"* diff=evil filter=evil\n"})
    trap = place.paths.root / "trap"
    place.run("config", "diff.evil.textconv", f"touch {trap};cat")
    place.run("config", "diff.external", f"touch {trap}")
    place.run("config", "core.fsmonitor", f"touch {trap}")
    place.git().diff("", sha)
    place.git().log(sha)
    assert not trap.exists()
