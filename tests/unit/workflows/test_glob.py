"""Patterns of filters, against the table in GitHub's documentation and some of its corners."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.workflows.glob import broken, matches

TABLE = [
    # branches and tags
    ("feature/*", "feature/my-branch feature/your-branch", "feature/a/b features/a feature"),
    ("feature/**", "feature/beta-a/my-branch feature/your-branch feature/mona/the/octocat", "main"),
    ("main", "main", "mainly domain main/x"),
    ("releases/mona-the-octocat", "releases/mona-the-octocat", "releases/mona"),
    ("*", "main releases README.md server.rb", "all/the/branches"),
    ("**", "all/the/branches every/tag all/the/files.md main", ""),
    ("*feature", "mona-feature feature ver-10-feature", "feature-x a/feature"),
    ("v2*", "v2 v2.0 v2.9", "v1 v3.2"),
    ("v[12].[0-9]+.[0-9]+", "v1.10.1 v2.0.0", "v3.0.0 v1.x.1 v1.1 v1x10.1"),
    # paths
    ("*.jsx?", "page.js page.jsx", "page.jsxx page.j a/page.js"),
    ("*.js", "app.js index.js", "js/index.js app.ts"),
    ("**.js", "index.js js/index.js src/js/app.js", "index.jsx"),
    ("docs/*", "docs/README.md docs/file.txt", "docs/a/b.md docs"),
    ("docs/**", "docs/README.md docs/mona/octocat.txt", "a/docs/x doc"),
    (
        "docs/**/*.md",
        "docs/README.md docs/mona/hello-world.md docs/a/markdown/file.md",
        "docs/x.rb",
    ),
    ("**/docs/**", "docs/hello.md dir/docs/my-file.txt space/docs/plan/space.doc", "mydocs/x docs"),
    ("**/README.md", "README.md js/README.md", "js/READMES.md xREADME.md"),
    ("**/*src/**", "a/src/app.js my-src/code/js/app.js", "source/app.js a/src"),
    ("**/*-post.md", "my-post.md path/their-post.md", "post.md posts/readme.md"),
    ("**/migrate-*.sql", "migrate-10909.sql db/migrate-v1.0.sql db/sept/migrate-v1.sql", "x/m.sql"),
    ("[CB]at", "Cat Bat", "cat at CBat"),
    ("[1-2]00", "100 200", "300 1-200"),
    # corners
    ("Octo*", "Octocat Octo", "octocat"),
    (r"\!file", "!file", "file"),
    (r"a\*b", "a*b", "axb"),
    (r"c\++", "c+ c++", "c cc"),
    ("*.yml", ".yml a.yml", "fyml"),
    ("a?+b", "b ab aab", "a"),
    ("**/+x", "/x a/x a//x", "x"),
    ("+x", "+x", "x"),
    ("x[a-]", "xa x-", "xb"),
]


@pytest.mark.parametrize(("pattern", "fit", "fit_not"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table(pattern: str, fit: str, fit_not: str) -> None:
    assert not broken(pattern)
    assert [name for name in fit.split() if not matches([pattern], name)] == []
    assert [name for name in fit_not.split() if matches([pattern], name)] == []


@pytest.mark.parametrize(
    ("patterns", "fit", "fit_not"),
    [
        (["*.md", "!README.md"], "hello.md", "README.md docs/hello.md"),
        (["*.md", "!README.md", "README*"], "hello.md README.md README.doc", "docs/x"),
        (["releases/**", "!releases/**-alpha"], "releases/10", "releases/beta/3-alpha main"),
        (["!main", "main"], "main", "other"),
        ([], "", "main"),
    ],
)
def test_in_a_list_the_last_that_fits_decides(patterns: list[str], fit: str, fit_not: str) -> None:
    assert [name for name in fit.split() if not matches(patterns, name)] == []
    assert [name for name in fit_not.split() if matches(patterns, name)] == []


@pytest.mark.parametrize("pattern", ["", "!", "[", "v[", "[]", "a[]b", "x\\", "[b-a]"])
def test_a_pattern_that_cannot_be_read_is_told(pattern: str) -> None:
    assert broken(pattern)


LITERAL = st.text(alphabet="abc/.-", min_size=1, max_size=8)


@given(LITERAL, LITERAL)
def test_plain_letters_fit_themselves_alone(name: str, other: str) -> None:
    assert matches([name], other) is (name == other)


@given(st.text(alphabet="ab/*", min_size=1, max_size=8), st.text(alphabet="ab/", max_size=8))
def test_stars_mean_the_same_as_in_an_expression_of_python(pattern: str, name: str) -> None:
    pieces = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*"}
    expression = re.sub(r"\*\*/|\*\*|\*", lambda found: pieces[found[0]], pattern)
    assert matches([pattern], name) is (re.fullmatch(expression, name) is not None)


@given(st.text(alphabet="ab/*?+[]-!\\", max_size=12), st.text(alphabet="ab/", max_size=12))
def test_any_text_is_judged_and_never_breaks(pattern: str, name: str) -> None:
    if not broken(pattern):
        assert matches([pattern], name) in {True, False}


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not matches(["*a" * 100 + "**+" * 100 + "x"], "a" * 2000)
