"""The tables of tests/scenarios/scripture: what is read for what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Reference
from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.references.whole import whole

FOLDER = Path(__file__).parents[3] / "scenarios" / "scripture"


def table(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text())


NAMES = [(book, name) for book, names in table("names.yaml").items() for name in names]
ROWS = [*table("facts.yaml"), *table("forms.yaml")]


def found(text: str) -> str | None:
    ranges = tuple(each for one in find(text) for each in one.reference.ranges)
    return str(Reference(ranges)) if ranges else None


def read(text: str) -> str | None:
    try:
        return str(parse(text))
    except BadReference:
        return None


@pytest.mark.parametrize(("book", "name"), NAMES)
def test_a_book_by_any_of_its_names(book: str, name: str) -> None:
    wanted = f"{'Psalm' if book == 'Psalms' else book} 1:1"
    assert read(f"{name} 1:1") == wanted
    assert read(f"{name.lower()} 1:1") == wanted
    if not name.endswith("Mark."):  # the dot of a whole name ends a sentence
        assert found(f"See {name} 1:1, and go.") == wanted


@pytest.mark.parametrize("row", ROWS, ids=lambda each: each[0])
def test_a_text_that_is_a_reference(row: list[str]) -> None:
    text, wanted, *strict = row
    assert read(text) == wanted
    if wanted is None:
        assert found(text) is None or text not in {each[0] for each in table("facts.yaml")}
    elif not strict:
        assert found(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), table("typed.yaml"), ids=repr)
def test_what_people_type(text: str, wanted: str | None) -> None:
    meant = whole(text)
    assert (str(meant) if meant else None) == wanted
    assert read(text) in {wanted, None}


@pytest.mark.parametrize("row", table("refused.yaml"), ids=lambda each: each["text"])
def test_what_is_said_of_one_that_is_not(row: dict[str, Any]) -> None:
    if "is" in row:
        assert read(row["text"]) == row["is"]
        return
    with pytest.raises(BadReference) as refused:
        parse(row["text"])
    problem = refused.value
    assert row["says"] in problem.what
    assert problem.fix
    assert row.get("fix", "") in problem.fix
    assert problem.at == row["at"]
    assert list(problem.perhaps) == row.get("perhaps", list(problem.perhaps))
    for each in problem.perhaps:
        assert parse(each)


@pytest.mark.parametrize("row", table("prose.yaml"), ids=lambda each: each["text"])
def test_what_is_found_in_prose(row: dict[str, Any]) -> None:
    text = row["text"]
    assert {text[it.start : it.end]: str(it.reference) for it in find(text)} == row["finds"]


@pytest.mark.parametrize("row", table("questions.yaml"), ids=lambda each: each["text"])
def test_what_is_found_in_a_question(row: dict[str, Any]) -> None:
    text = row["text"]
    found = find(text, question=True)
    assert {text[it.start : it.end]: str(it.reference) for it in found} == row["finds"]
