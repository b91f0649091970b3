"""The page of a what-if: a form whose address is the question, and the report as its answer."""

from __future__ import annotations

import re

import pytest
from starlette.datastructures import QueryParams

from rackhouse.console.house import RackFile
from rackhouse.console.whatif.asked import Asked, asked, new_machine
from rackhouse.rack.whatif import losses, report
from rackhouse.rack.whatif.page import page as whole
from rackhouse.rack.whatif.words import change
from unit.console.desk import Bench
from unit.console.reference import FILE, HOME
from unit.console.test_pages import EVIL, Outline

QUESTION = Asked(without=("pi-1", "gpu:forge", "link:2"), added=("pi-5=rpi5-8gb,price=95 EUR",))


async def answered(console: Bench, address: str = "/what-if") -> str:
    answer = await (await console.signed_in()).get(address)
    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert len(outline.ids) == len(set(outline.ids))
    assert all(control.get("id") in outline.labels for control in outline.controls)
    return answer.text


async def test_a_rack_of_one_says_how_to_begin(console: Bench) -> None:
    assert "No machines yet" in await answered(console)


@pytest.mark.parametrize("question", [Asked(), QUESTION, Asked(without=("switch",))])
async def test_the_answer_is_the_report(console: Bench, question: Asked) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    page = await answered(console, question.address)
    made = change(HOME, question.without, question.added)
    text = whole(report(HOME, made), losses(HOME) if question == Asked() else ())
    for part in re.findall(r"<h2>.*?</h2>\n(.*?)</section>", text, re.DOTALL):
        assert part in page
    ticked = re.findall(r'name="(?:without|add)" value="([^"]+)" checked', page)
    assert sorted(ticked) == sorted([*question.without, *question.added])


def test_the_address_is_the_question() -> None:
    assert asked(QueryParams(QUESTION.address.partition("?")[2])) == QUESTION
    assert QUESTION.command.endswith("--add 'pi-5=rpi5-8gb,price=95 EUR'")


async def test_a_machine_that_is_described_goes_into_the_address(console: Bench) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    form = "name=pi-5&board=rpi5-8gb&disk=nvme&storage=&price=95+EUR&without=pi-1"
    answer = await (await console.signed_in()).get(f"/what-if?{form}")
    added = ("pi-5=rpi5-8gb,disk=nvme,price=95 EUR",)
    assert answer.status_code == 303
    assert answer.headers["location"] == Asked(without=("pi-1",), added=added).address
    assert "95.00 EUR" in await answered(console, answer.headers["location"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("name=pi-1&board=rpi5-8gb", "the rack already has"),
        ("name=pi-5&board=abacus", "there is no board"),
        ("name=pi-5&board=rpi5-8gb&price=cheap", "is not an amount of money"),
        ("without=nobody", "the rack has no"),
        ("without=link:99", "the switch has no port"),
        ("add=x", "is no NAME=BOARD"),
    ],
)
async def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(
    console: Bench, words: str, said: str
) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    page = await answered(console, f"/what-if?{words}")
    assert said in page
    assert "As it is" in page
    for value in QueryParams(words).values():
        if "name=" in words:
            assert value in page


async def test_words_are_words_and_no_markup(console: Bench) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    client = await console.signed_in()
    for name in ("without", "add", "name", "board"):
        page = (await client.get("/what-if", params={"name": "x", name: EVIL})).text
        assert "<img" not in page


def test_nothing_is_added_where_nothing_is_named() -> None:
    assert new_machine(QueryParams("board=rpi5-8gb&name=")) == ""


async def test_the_look_is_that_of_the_page_that_the_command_writes(console: Bench) -> None:
    answer = await (await console.signed_in()).get("/what-if.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.text.strip() in whole(report(HOME))
