"""Whatever a text is, its passages are slices of it, in order, and nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.chunking.blocks import Blocks, of_text
from rackhouse.services.retrieval.model.chunking.html import of_html
from rackhouse.services.retrieval.model.chunking.markdown import of_markdown
from rackhouse.services.retrieval.model.chunking.pack import ENOUGH, MOST, packed

READERS = {"text": of_text, "markdown": of_markdown, "html": of_html}
PIECES = st.sampled_from(
    [
        *("# One\n", "## Two ##\n", "#\n", "Title\n===\n", "Sub\n---\n", "```\n", "~~~~\n", "\n"),
        *("\n\n", "  \n", "\r\n", "word ", "A sentence. ", "Is it? ", "Dr. No said 3.14. ", "神。"),
        *("<h1>", "</h1>", "<p>", "<pre>", "</pre>", "<br>", "<script>x</script>", "<td>", "&amp;"),
        *(
            "x" * 700,
            "many words " * 90,
            "\u2028",
            "\x00",
            "<!--",
            "<![CDATA[",
            "<![",
            "</",
            "- item\n",
        ),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))


def _holds(source: Blocks) -> None:
    """What every cutting keeps."""
    covered = [False] * len(source.text)
    before = 0
    for chunk in packed(source):
        assert before <= chunk.start < chunk.end <= len(source.text)
        assert source.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text == chunk.text.strip()
        assert len(chunk.text.split()) <= 2 * MOST  # headings, and what follows them
        covered[chunk.start : chunk.end] = [True] * (chunk.end - chunk.start)
        before = chunk.end
    lost = "".join(c for c, has in zip(source.text, covered, strict=True) if not has)
    assert not lost.strip()


@pytest.mark.parametrize("media", READERS)
@given(text=TEXTS)
def test_passages_are_slices_and_nothing_is_lost(media: str, text: str) -> None:
    source = READERS[media](text)
    if media != "html":
        assert source.text == text
    _holds(source)


@given(
    st.lists(st.sampled_from(["one", "two.", "three", "four?", "five"]), min_size=400, max_size=600)
)
def test_passages_have_about_a_hundred_words(words: list[str]) -> None:
    counts = [len(each.text.split()) for each in packed(of_text(" ".join(words)))]
    assert all(count <= MOST for count in counts)
    plain = [x for x in " ".join(words).split(". ") if len(x.split()) > MOST - ENOUGH]
    if not plain:
        assert all(count >= ENOUGH for count in counts[:-1])


def test_a_passage_knows_the_headings_that_it_stands_under() -> None:
    text = (
        "Before.\n\n# Book\n\nIt begins.\n\n## One\n\nFirst words.\n\nMore\n----\nSaid.\n\n# End\nX"
    )
    assert [(each.headings, each.text) for each in packed(of_markdown(text))] == [
        ((), "Before."),
        (("Book",), "# Book\n\nIt begins."),
        (("Book", "One"), "## One\n\nFirst words."),
        (("Book", "More"), "More\n----\nSaid."),
        (("End",), "# End\nX"),
    ]


def test_what_is_fenced_has_no_headings_and_is_not_cut() -> None:
    text = "Say:\n\n```sh\n# a comment. Not. A. Heading.\n\nls\n```\nDone."
    (chunk,) = packed(of_markdown(text))
    assert chunk.text == text
    assert chunk.headings == ()


def test_a_page_is_what_is_read_of_it() -> None:
    page = """<html><head><title>T</title><style>p {}</style><script>alert("x")</script></head>
    <body><h1>Grace &amp; truth</h1><p>In the <b>beginning</b>
    was the <script>steal()</script>Word.</p><ul><li>one</li><li>two</li></ul>
    <template>hidden</template><pre>a
      b</pre></body></html>"""
    source = of_html(page)
    assert source.text.split("\n\n") == [
        "Grace & truth",
        "In the beginning was the Word.",
        "one\ntwo",
        "a\n      b",
        "",
    ]
    assert packed(source)[0].headings == ("Grace & truth",)


@pytest.mark.parametrize(
    "page",
    ["<div>" * 5_000 + "x", "<!--" * 20_000, "<p " * 20_000, "&" * 50_000 + "x", "</" * 20_000],
)
def test_a_hostile_page_takes_no_longer(page: str) -> None:
    _holds(of_html(page))


def test_sentences_end_where_they_end() -> None:
    said = (
        "Dr. A. Smith read 3.14 of it, e.g. a part. “Is it?” he asked! So it was (see Gen. 1). Yes."
    )
    whole = of_text(" ".join([said] * 10))
    ends = [re.search(r"\S+$", each.text) for each in packed(whole)]
    assert {end[0] for end in ends if end} <= {"part.", "asked!", "1).", "Yes."}
