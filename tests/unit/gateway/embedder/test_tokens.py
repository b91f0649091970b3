"""What is read of a text, and what is said of one that is too long."""

from __future__ import annotations

import pytest

from rackhouse.services.gateway.worker import weights
from rackhouse.services.gateway.worker.tokens import Tokens


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(weights.find().tokenizer, weights.LONGEST)


def test_words_are_the_models_own(tokens: Tokens) -> None:
    (read,) = tokens.read(["Hello, World"])
    assert (read.ids, read.cut) == ([101, 7592, 1010, 2088, 102], False)


@pytest.mark.parametrize(("words", "cut"), [(254, False), (255, True)])
def test_a_text_is_read_to_the_models_length(tokens: Tokens, words: int, cut: bool) -> None:
    (read,) = tokens.read(["word " * words])
    assert (len(read.ids), read.cut) == (256, cut)


def test_of_a_text_without_end_the_beginning_is_read(tokens: Tokens) -> None:
    (read,) = tokens.read(["a" * 1_000_000])
    assert read.cut
    assert len(read.ids) <= 256
