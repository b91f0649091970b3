"""Documents become passages and vectors, each once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import base64

import pytest

from fakes.pdfs import pdf
from rackhouse.services.retrieval.model.asking import Refused
from rackhouse.services.retrieval.model.collection import State
from rackhouse.services.retrieval.model.documents import Document, Media
from rackhouse.services.retrieval.service.memory import OwnModels
from rackhouse.services.retrieval.service.seams import Vector

from .conftest import Room, document


async def test_documents_of_every_kind_are_kept(room: Room) -> None:
    packed = base64.b64encode(pdf("Grace and truth.")).decode()
    sent = (
        document("given", "one text", "two texts", "three texts"),
        Document(id="text", media=Media.TEXT, content="Plain words.\0"),
        Document(id="md", media=Media.MARKDOWN, content="# Title\n\nWords."),
        Document(id="html", media=Media.HTML, content="<p>More <script>x</script>words.</p>"),
        Document(id="pdf", media=Media.PDF, content_base64=packed),
    )
    await room.put()
    async with room.ingest().running():
        job = await room.ended(await room.post(*sent))
    assert (job.state, job.read, job.passages, job.embedded) == (State.DONE, 5, 7, 7)
    assert sorted(room.texts()) == sorted(
        [
            *(
                "one text",
                "two texts",
                "three texts",
                "Plain words.\ufffd",
                "# Title\n\nWords.",
                "More words.",
            ),
            "Grace and truth.",
        ]
    )
    kept = await room.collection()
    assert (kept.documents, kept.passages, kept.texts, kept.embedded) == (5, 7, 7, 7)
    assert ("study", "c") in room.changed


async def test_a_document_that_cannot_be_read_holds_up_no_other(room: Room) -> None:
    await room.put()
    async with room.ingest().running():
        job = await room.ended(
            await room.post(
                Document(id="bad", media=Media.PDF, content_base64="bm8gcGRm"),
                Document(id="none", media=Media.TEXT, content=" \n"),
                document("good", "words"),
            )
        )
    assert job.state is State.DONE
    assert [name for name, _ in job.problems] == ["bad", "none"]
    assert "cannot be read as pdf" in job.problems[0][1]
    assert (await room.collection()).documents == 1


async def test_what_was_embedded_once_is_not_asked_for_again(room: Room) -> None:
    async with room.filled(document("d", "text one", "text two", "text one")):
        assert sorted(room.texts()) == ["text one", "text two"]
        assert sorted(room.words()) == ["one", "text", "two"]
        await room.ended(
            await room.post(document("d", "text two", "three texts"), document("e", "text two"))
        )
        assert sorted(room.texts()) == ["text one", "text two", "three texts"]
        assert sorted(room.words()) == ["one", "text", "texts", "three", "two"]
        assert await room.count("vectors") == 2  # that of `one` went with it
        assert await room.remove("d")
        assert not await room.remove("d")
        assert await room.count("vectors") == 1


async def test_while_the_gateway_is_away_the_job_waits_and_says_so(room: Room) -> None:
    room.models.away = True
    await room.put()
    async with room.ingest().running():
        id = await room.post(document("d", "one", "two", "three"))
        async with asyncio.timeout(20):
            while "waits for the gateway" not in (job := await room.job(id)).said:
                await asyncio.sleep(0.01)
        assert (job.state, job.texts, job.embedded) == (State.RUNNING, 3, 0)
        assert (await room.collection()).passages == 3  # found by their words
        room.models.away = False
        job = await room.ended(id)
    assert (job.state, job.embedded, job.said) == (State.DONE, 3, "")


async def test_all_jobs_are_read_before_one_is_embedded(room: Room) -> None:
    room.models.away = True
    await room.put()
    async with room.ingest().running():
        ids = [await room.post(document(f"d{at}", "one text", "two texts")) for at in range(3)]
        async with asyncio.timeout(20):
            while (await room.collection()).passages < 6:
                await asyncio.sleep(0.01)
        room.models.away = False
        assert [(await room.ended(id)).state for id in ids] == [State.DONE] * 3
    assert sorted(room.texts()) == ["one text", "two texts"]


async def test_without_a_gateway_words_are_all(room: Room) -> None:
    async with room.filled(document("d", "one"), models=None):
        found = await room.collection()
        assert (found.texts, found.embedded) == (1, 0)


class _Choosy(OwnModels):
    """Takes no text that has the word `no` in it, and no model that is called so."""

    async def embed(self, model: str, texts: list[str], seconds: float) -> list[Vector]:  # type: ignore[override]
        if model == "no" or any("no" in text for text in texts):
            raise Refused("400: no")
        return await super().embed(model, texts, seconds)


async def test_a_text_that_is_refused_holds_up_no_other(room: Room) -> None:
    room.models, room.batch = _Choosy(), 8
    async with room.filled(document("d", "one", "two", "no", "three")):
        assert (await room.collection()).embedded == 4  # one of them near nothing


async def test_a_model_that_is_refused_is_wanted_no_more(room: Room) -> None:
    room.models = _Choosy()
    async with room.filled(document("d", "one")):
        job = await room.ended(await room.put(model="no"))
        assert (job.state, job.said) == (
            State.FAILED,
            "the gateway refuses the model: no text of a batch was taken",
        )
        found = await room.collection()
        assert (found.model, found.wanted, found.embedded) == ("m", None, 1)


async def test_another_model_answers_when_all_its_vectors_are_there(room: Room) -> None:
    async with room.filled(document("d", *"abcdefg")):
        room.models.away = True
        id = await room.put(model="new")
        async with asyncio.timeout(20):
            while not (await room.job(id)).said:
                await asyncio.sleep(0.01)
        found = await room.collection()
        assert (found.model, found.wanted, found.embedded, found.filled) == ("m", "new", 7, 0)
        room.models.away = False
        await room.ended(id)
        found = await room.collection()
        assert (found.model, found.wanted, found.embedded) == ("new", None, 7)
        assert await room.count("vectors") == 7


async def test_nothing_is_left_of_a_model_that_was_given_up(room: Room) -> None:
    async with room.filled(document("d", *"abcdefg")):

        class Once(OwnModels):
            """Away after the first batch."""

            async def embed(self, model: str, texts: list[str], seconds: float) -> list[Vector]:  # type: ignore[override]
                self.away = bool(self.asked)
                return await super().embed(model, texts, seconds)

        async with room.ingest(models=Once()).running():
            id = await room.put(model="new")
            async with asyncio.timeout(20):
                while await room.count("vectors") == 7 and not (await room.job(id)).ended:
                    await asyncio.sleep(0.01)
            back = await room.put(model="m")
            await room.ended(id)
            await room.ended(back)
        found = await room.collection()
        assert (found.model, found.wanted, found.embedded) == ("m", None, 7)
        assert await room.count("vectors") == 7


async def test_two_ingests_of_one_document_at_once_end_with_the_later(room: Room) -> None:
    await room.put()
    ids = [await room.post(document("d", *(f"{at} {n}" for n in range(5)))) for at in range(4)]
    async with room.ingest().running(), room.ingest().running(), room.ingest().running():
        for id in ids:
            await room.ended(id)
    found = await room.collection()
    assert (found.documents, found.passages, found.embedded) == (1, 5, 5)
    assert await room.count("vectors") == 5
    assert len(room.models.asked) == len(set(room.models.asked))


async def test_who_lost_its_lease_commits_nothing_more(room: Room) -> None:
    """The first one hangs at the gateway; another takes over, and the first one comes back."""
    hanging, free = asyncio.Event(), asyncio.Event()

    class Hangs(OwnModels):
        async def embed(self, model: str, texts: list[str], seconds: float) -> list[Vector]:  # type: ignore[override]
            hanging.set()
            await free.wait()
            return await super().embed(model, texts, seconds)

    await room.put(job=False)
    id = await room.post(document("d", "one", "two", "three"))
    first = room.ingest(models=Hangs())
    first._renew = lambda _: asyncio.Event().wait()  # type: ignore[method-assign, assignment, return-value]
    async with first.running():
        await hanging.wait()
        async with room.ingest().running():
            job = await room.ended(id)
            free.set()
        await asyncio.sleep(0)
        assert (await room.job(id)).event == job.event
        assert job.embedded == 3


async def test_who_stops_hands_its_job_over_at_once(room: Room) -> None:
    room.models.away = True
    await room.put(job=False)
    id = await room.post(document("d", "one"))
    async with room.ingest(lease=3_600.0).running():
        async with asyncio.timeout(20):
            while not (await room.job(id)).said:
                await asyncio.sleep(0.01)
    room.models.away = False
    async with room.ingest().running():
        assert (await room.ended(id)).embedded == 1


async def test_a_collection_that_goes_takes_its_job_with_it(room: Room) -> None:
    room.models.away = True
    await room.put()
    async with room.ingest().running():
        await room.post(document("d", "one"))
        async with asyncio.timeout(20):
            while not await room.count("texts"):
                await asyncio.sleep(0.01)
        await room.tenancy.within("study", lambda c: c.execute("DELETE FROM collections"))
        room.models.away = False
        await room.put()
        await room.ended(await room.post(document("d", "two")))
    assert await room.count("texts") == 1


@pytest.mark.parametrize("table", ["documents", "passages", "texts", "jobs", "job_items"])
async def test_nothing_is_left_of_a_collection(room: Room, table: str) -> None:
    async with room.filled(document("d", "one")):
        await room.tenancy.within("study", lambda c: c.execute("DELETE FROM collections"))
        assert await room.count(table) == 0
