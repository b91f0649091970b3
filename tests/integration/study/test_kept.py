"""What people keep: PostgreSQL and its twin do the same; whose it is, and what outlives a kill."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from fakes.stores import Store
from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.answer import Answer, Heading, Outcome, Quote, Said
from rackhouse.services.study.model.kept import LAST, Frozen, Turn
from rackhouse.services.study.service.keeping import Kept
from rackhouse.services.study.service.kept import MemoryKept
from rackhouse.services.study.store.kept import opened

RUTH, ESTHER = "ruth", "esther"
SOON = datetime.now(UTC) + timedelta(days=1)
PARTS = (
    Heading(text="What answers best"),
    Said(text="He loved <b>the</b> world 'so'; DROP TABLE", support=0.5),
    Quote(reference="John 3:16", code="JHN.3.16", first=1, last=2, translation="kjv", verses=()),
)
ANSWER = Answer(question="love?", outcome=Outcome.ANSWERED, parts=PARTS)


@pytest.fixture(params=["memory", "postgres"])
async def kept(request: pytest.FixtureRequest, database: str) -> AsyncIterator[Kept]:
    if request.param == "memory":
        yield MemoryKept()
        return
    async with opened(database) as stored:
        for person in (RUTH, ESTHER, "'; DROP TABLE study_notes; --"):
            await stored.forget(person)
        yield stored


async def test_a_conversation_goes_on_and_is_read_as_it_was(kept: Kept) -> None:
    id = await kept.conversations.begin(RUTH, "love?")
    for number in range(3):
        question = f"love {number}?"
        assert await kept.conversations.add(
            RUTH, id, question=question, topic="love?", answer=ANSWER
        )
    held = await kept.conversations.one(RUTH, id)
    assert held is not None
    assert [each.question for each in held.turns] == ["love 0?", "love 1?", "love 2?"]
    assert held.turns[0].answer == ANSWER
    (about,) = await kept.conversations.all(RUTH)
    assert (about.title, about.turns) == ("love?", 3)
    assert await kept.conversations.remove(RUTH, id)
    assert await kept.conversations.one(RUTH, id) is None
    assert not await kept.conversations.remove(RUTH, id)


async def test_two_turns_at_once_have_two_numbers(kept: Kept) -> None:
    id = await kept.conversations.begin(RUTH, "love?")
    adding = (
        kept.conversations.add(RUTH, id, question=f"{it}", topic="t", answer=ANSWER)
        for it in range(8)
    )
    assert await asyncio.gather(*adding) == [True] * 8
    held = await kept.conversations.one(RUTH, id)
    assert held is not None
    assert sorted(each.question for each in held.turns) == sorted(map(str, range(8)))


async def test_nobody_sees_or_touches_what_is_anothers(kept: Kept) -> None:
    id = await kept.conversations.begin(RUTH, "love?")
    fact = await kept.facts.add(RUTH, "I teach", sentence="s", conversation=id, expires=SOON)
    note = await kept.notes.add(RUTH, 43003016, 43003017, "mine")
    share = await kept.shares.add(RUTH, b"1" * 32, Frozen(title="t", turns=()))
    token = await kept.tokens.add(RUTH, b"2" * 32, "laptop")
    await kept.notes.highlight(RUTH, 43003016, "green")
    for other in (ESTHER, "", "'; DROP TABLE study_notes; --"):
        assert not await kept.conversations.all(other)
        assert await kept.conversations.one(other, id) is None
        assert not await kept.conversations.add(other, id, question="q", topic="t", answer=ANSWER)
        assert not await kept.facts.all(other)
        assert not await kept.notes.within(other, 0, LAST)
        assert not await kept.notes.highlights(other, 0, LAST)
        assert not await kept.shares.all(other)
        assert not await kept.tokens.all(other)
        assert await kept.notes.change(other, note.id, "theirs") is None
        for shelf, thing in (
            (kept.conversations, id),
            (kept.facts, fact.id),
            (kept.notes, note.id),
            (kept.shares, share.id),
            (kept.tokens, token.id),
        ):
            assert not await shelf.remove(other, thing)
    await kept.forget(ESTHER)
    assert len(await kept.notes.within(RUTH, 0, LAST)) == 1


async def test_ids_that_are_none_are_none(kept: Kept) -> None:
    for id in ("", "1", "x" * 500, "'; DROP TABLE study_notes; --", str(uuid.uuid4()), "\0"):
        assert await kept.conversations.one(RUTH, id) is None
        assert not await kept.facts.remove(RUTH, id)
        assert await kept.notes.change(RUTH, id, "text") is None


async def test_a_fact_is_known_once_expires_and_goes_with_its_conversation(kept: Kept) -> None:
    id = await kept.conversations.begin(RUTH, "love?")
    said = {"sentence": "Remember that I teach.", "conversation": id}
    one = await kept.facts.add(RUTH, "I teach", expires=SOON, **said)
    other = await kept.facts.add(RUTH, "I teach", expires=SOON + timedelta(days=9), **said)
    assert one.id == other.id
    assert other.expires == SOON + timedelta(days=9)
    gone = datetime.now(UTC) - timedelta(seconds=1)
    await kept.facts.add(RUTH, "old", sentence="s", conversation=None, expires=gone)
    await kept.facts.add(RUTH, "by hand", sentence="s", conversation=None, expires=SOON)
    assert [each.text for each in await kept.facts.all(RUTH)] == ["I teach", "by hand"]
    await kept.conversations.remove(RUTH, id)
    (left,) = await kept.facts.all(RUTH)
    assert left.text == "by hand"
    assert await kept.facts.remove(RUTH, left.id)
    assert not await kept.facts.all(RUTH)


async def test_a_link_shows_its_one_copy_until_it_is_revoked(kept: Kept) -> None:
    turn = Turn(question="love?", topic="love?", answer=ANSWER, at=SOON)
    frozen = Frozen(title="love?", turns=(turn,))
    share = await kept.shares.add(RUTH, b"1" * 32, frozen)
    await kept.shares.add(RUTH, b"3" * 32, Frozen(title="other", turns=()))
    assert await kept.shares.shown(b"1" * 32) == frozen
    assert await kept.shares.shown(b"2" * 32) is None
    assert await kept.shares.remove(RUTH, share.id)
    assert await kept.shares.shown(b"1" * 32) is None
    assert [each.title for each in await kept.shares.all(RUTH)] == ["other"]


async def test_a_key_is_its_persons_until_it_is_revoked(kept: Kept) -> None:
    token = await kept.tokens.add(RUTH, b"2" * 32, "laptop")
    assert await kept.tokens.whose(b"2" * 32) == RUTH
    assert await kept.tokens.whose(b"1" * 32) == ""
    assert [each.name for each in await kept.tokens.all(RUTH)] == ["laptop"]
    assert await kept.tokens.remove(RUTH, token.id)
    assert await kept.tokens.whose(b"2" * 32) == ""


async def test_notes_and_highlights_by_verse(kept: Kept) -> None:
    note = await kept.notes.add(RUTH, 43003016, 43003018, "first")
    await kept.notes.add(RUTH, 1001001, 1001001, "other")
    assert [it.text for it in await kept.notes.within(RUTH, 43003018, 43003020)] == ["first"]
    changed = await kept.notes.change(RUTH, note.id, "second")
    assert changed is not None
    assert (changed.text, changed.changed >= note.changed) == ("second", True)
    for colour in ("green", "blue"):
        await kept.notes.highlight(RUTH, 43003016, colour)
    await kept.notes.highlight(RUTH, 43003017, "pink")
    await kept.notes.highlight(RUTH, 43003017, "")
    some = await kept.notes.highlights(RUTH, 43003001, 43003036)
    assert [(each.verse, each.colour) for each in some] == [(43003016, "blue")]
    assert await kept.notes.remove(RUTH, note.id)


async def test_everything_of_a_person_is_forgotten_at_once(kept: Kept) -> None:
    id = await kept.conversations.begin(RUTH, "love?")
    await kept.facts.add(RUTH, "I teach", sentence="s", conversation=id, expires=SOON)
    await kept.notes.add(RUTH, 1001001, 1001001, "mine")
    await kept.notes.highlight(RUTH, 1001001, "pink")
    await kept.tokens.add(RUTH, b"2" * 32, "laptop")
    await kept.forget(RUTH)
    assert not await kept.conversations.all(RUTH)
    assert not await kept.facts.all(RUTH)
    assert not await kept.notes.within(RUTH, 0, LAST)
    assert not await kept.notes.highlights(RUTH, 0, LAST)
    assert await kept.tokens.whose(b"2" * 32) == ""


async def test_what_was_begun_before_everything_was_forgotten_is_not_kept(kept: Kept) -> None:
    await kept.forget(RUTH)
    assert await kept.conversations.begin("naomi", "another's", age=60)
    assert await kept.conversations.begin(RUTH, "asked before", age=60) == ""
    assert not await kept.conversations.all(RUTH)
    assert await kept.conversations.begin(RUTH, "asked after", age=0)
    assert [each.title for each in await kept.conversations.all(RUTH)] == ["asked after"]


async def test_a_statement_without_where_sees_nothing_of_others(database: str) -> None:
    tables = ("conversations", "turns", "facts", "shares", "notes", "highlights", "tokens")
    async with opened(database) as kept:
        await kept.forget(RUTH)
        id = await kept.conversations.begin(RUTH, "love?")
        await kept.conversations.add(RUTH, id, question="q", topic="t", answer=ANSWER)
        await kept.facts.add(RUTH, "I teach", sentence="s", conversation=id, expires=SOON)
        await kept.notes.add(RUTH, 1001001, 1001001, "mine")
        await kept.notes.highlight(RUTH, 1001001, "pink")
        await kept.tokens.add(RUTH, b"2" * 32, "laptop")
        await kept.shares.add(RUTH, b"1" * 32, Frozen(title="t", turns=()))
    with psycopg.connect(database) as connection:
        for subject, seen in ((ESTHER, 0), ("", 0), (None, 0), (RUTH, 1)):
            for table in tables:
                with connection.transaction():
                    if subject is not None:
                        connection.execute(
                            "SELECT set_config('rackhouse.subject', %s, true)", [subject]
                        )
                    rows = connection.execute(f"SELECT 1 FROM study_{table}").fetchall()  # type: ignore[arg-type]
                    assert len(rows) == seen, (table, subject)
        connection.execute("SELECT set_config('rackhouse.subject', 'esther', false)")
        theirs = "INSERT INTO study_notes (subject, first, last, text) VALUES ('ruth', 1, 1, 'x')"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(theirs)


async def test_what_was_acknowledged_survives_a_kill(server: Store, database: str) -> None:
    async with opened(database) as kept:
        await kept.forget(RUTH)
        id = await kept.conversations.begin(RUTH, "love?")
        assert await kept.conversations.add(RUTH, id, question="q", topic="t", answer=ANSWER)
        server.kill()
        with pytest.raises(Away) as told:
            await kept.conversations.all(RUTH)
        assert told.value.fix
        server.start()
        held = None
        for _ in range(200):
            try:
                held = await kept.conversations.one(RUTH, id)
                break
            except Away:
                await asyncio.sleep(0.05)
        assert held is not None
        assert [each.answer for each in held.turns] == [ANSWER]
