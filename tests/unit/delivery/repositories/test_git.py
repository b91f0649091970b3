"""A repository read: whatever its names and contents are, nothing but it is read."""

from __future__ import annotations

import pytest

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
