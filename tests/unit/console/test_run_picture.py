"""A run's jobs as columns, and what programs colour: pure parts of the pages of runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.console.code.words import shown as visible
from rackhouse.console.runs.ansi import painted, plain
from rackhouse.console.runs.drawing import narrow, wide
from rackhouse.console.runs.stages import RELEASE, Columns, columns
from rackhouse.store.forge import JobRow, RunRow, RunStatus

RUN = RunRow(number=1, repository="r", ref="refs/heads/main", sha="a" * 40, who="ada", made=1.0)


def job(
    position: int, name: str, *needs: str, title: str = "", status: RunStatus = RunStatus.WAITING
) -> JobRow:
    return JobRow(
        run=1,
        position=position,
        workflow="ci",
        name=name,
        title=title or name,
        needs=needs,
        status=status,
    )


def shape(found: Columns) -> list[list[tuple[str, tuple[str, ...]]]]:
    return [[(s.title, tuple(n.split()[-1] for n in s.needs)) for s in its] for its in found]


def test_jobs_stand_behind_what_they_need_and_lines_say_nothing_twice() -> None:
    rows = [job(0, "a"), job(1, "b", "a"), job(2, "c", "a", "b"), job(3, "d", "nobody")]
    assert shape(columns(RUN, rows, 9.0)) == [
        [("a", ()), ("d", ())],
        [("b", ("a",))],
        [("c", ("b",))],
        [(RELEASE, ("c", "d"))],
    ]


def test_a_matrix_is_one_box_and_as_bad_as_its_worst() -> None:
    rows = [
        job(0, "t", title="t (1)", status=RunStatus.PASSED),
        job(1, "t", title="t (2)", status=RunStatus.FAILED),
    ]
    stage = columns(RUN, rows, 9.0)[0][0]
    assert [part.title for part in stage.parts] == ["1", "2"]
    assert stage.status is RunStatus.FAILED


def test_what_is_run_by_hand_has_no_release() -> None:
    run = RunRow(repository="r", ref="x", sha="a", who="ada", made=1.0, workflow="nightly.yaml")
    assert shape(columns(run, [job(0, "a")], 9.0)) == [[("a", ())]]


@pytest.mark.parametrize(
    ("run", "jobs", "release"),
    [
        ("waiting", "waiting", "waiting"),
        ("running", "running", "waiting"),
        ("running", "passed", "running"),
        ("passed", "passed", "skipped"),
        ("failed", "failed", "skipped"),
        ("failed", "passed", "failed"),
        ("cancelled", "passed", "skipped"),
    ],
)
def test_the_release_is_where_the_run_is(run: str, jobs: str, release: str) -> None:
    row = RunRow(repository="r", ref="x", sha="a", who="ada", made=1.0, status=RunStatus(run))
    found = columns(row, [job(0, "a", status=RunStatus(jobs))], 9.0)
    assert found[-1][0].status.value == release


NAMES = st.lists(st.sampled_from("abcdefg"), max_size=7, unique=True)


@given(NAMES.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, NAMES))))
def test_any_jobs_can_be_drawn(needs: dict[str, list[str]]) -> None:
    """Circles, which a workflow file cannot have, are left out."""
    rows = [job(n, name, *its) for n, (name, its) in enumerate(needs.items())]
    found = columns(RUN, rows, 9.0)
    seen: set[str] = set()
    for its in found:
        assert {need for stage in its for need in stage.needs} <= seen
        seen |= {stage.key for stage in its}
    for draw in (wide, narrow):
        assert draw(found, "jobs").startswith("<svg")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain & <b>", "plain &amp; &lt;b&gt;"),
        ("\x1b[31mred\x1b[0m not", '<span class="a1">red</span> not'),
        ("\x1b[1;92mok\x1b[22m on", '<span class="a2 ab">ok</span><span class="a2"> on</span>'),
        ("\x1b[38;5;4mblue\x1b[39m", '<span class="a4">blue</span>'),
        ("\x1b[38;2;1;2;3mtrue\x1b[48;5;9m colour", "true colour"),
        ("10%\r20%\r100%\r", "100%"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07 \x1b[2K\x1b(Bend", "link end"),
        ("a\tb\x07", "a\tb" + visible("\x07")),
        ("\x1b", visible("\x1b")),
        ("\x1b[31;\x1b[1mx", '31;<span class="ab">x</span>'),
    ],
)
def test_colours_are_shown_and_nothing_else_comes_through(said: str, shown: str) -> None:
    assert painted(said) == shown
    assert "\x1b" not in plain(said)


@given(st.text(alphabet="\x1b[]m;:0138<>&\"'ab\r\t\x07\\", max_size=40))
def test_whatever_is_said_becomes_text_in_spans(said: str) -> None:
    html = str(painted(said))
    assert "\x1b" not in html
    assert html.count("<") == 2 * html.count("<span class=")
