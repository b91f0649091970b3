"""Documents of strangers, read in a process that has little memory and little time."""

from __future__ import annotations

import pytest
from pypdf.errors import PyPdfError

from fakes.pdfs import bomb, circles, endless, pdf
from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.retrieval.model.documents import Document, Media, of_blocks
from rackhouse.services.retrieval.worker import read
from rackhouse.services.retrieval.worker.reader import Reader


async def test_a_pdf_is_its_pages_text() -> None:
    found = await Reader().read(Media.PDF, pdf("In the beginning.", "And God said\nnothing."))
    assert found.text.split("\n\n") == ["In the beginning.", "And God said\nnothing."]
    document = Document(id="d", media=Media.PDF)
    (passage,) = of_blocks(document, found)
    assert passage.texts == {"text": found.text}
    assert passage.spans == ((0, len(found.text)),)


async def test_a_page_with_scripts_is_its_words() -> None:
    page = "<h1>Grace</h1><p>Words<script>steal()</script> alone.</p>" + "<p>more</p>" * 3_000
    found = await Reader().read(Media.HTML, page.encode())
    assert found.text.startswith("Grace\n\nWords alone.\n\nmore\n\nmore")
    assert len(found.blocks) == 3_002
    assert found.blocks[0].title == "Grace"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.4\nnothing", "PdfStreamError|PdfReadError|is wrong|EOF"),
        (b"", "Empty|EOF|cannot"),
        (pdf(""), "no page has text"),
        (pdf("x", stream=b"no zlib"), "."),
    ],
)
async def test_what_is_no_pdf_is_told(content: bytes, why: str) -> None:
    with pytest.raises(BadRequest, match=f"cannot be read as pdf: .*({why})"):
        await Reader().read(Media.PDF, content)


async def test_a_bomb_ends_its_reader_alone() -> None:
    with pytest.raises(BadRequest, match="cannot be read as pdf"):
        await Reader(memory=512 * 2**20).read(Media.PDF, bomb(1 << 30))


async def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(BadRequest, match="more than 1 seconds"):
        await Reader(seconds=1).read(Media.HTML, b"<div>" * 200_000)


async def test_a_pdf_that_never_ends_is_given_up() -> None:
    with pytest.raises(BadRequest, match="more than 2 seconds"):
        await Reader(seconds=2).read(Media.PDF, endless(2_000))


@pytest.mark.parametrize("name", ["kids", "parents", "length", "forms"])
def test_a_pdf_that_leads_back_to_itself_ends(name: str) -> None:
    with pytest.raises((PyPdfError, ValueError)):
        read.of_pdf(circles()[name])


def test_tables_that_lead_back_to_themselves_are_read_once() -> None:
    assert read.of_pdf(circles()["tables"]).text == "words"


async def test_plain_texts_need_no_process() -> None:
    found = await Reader(seconds=0).read(Media.MARKDOWN, b"# One\n\n\xff words")
    assert found.blocks[0].title == "One"
    assert found.text.endswith("\ufffd words")
