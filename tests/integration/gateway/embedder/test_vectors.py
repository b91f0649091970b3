"""The whole way with the real model: a client, the gateway, the process beside it."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from fakes import bert
from fakes.models.embedder import MODELS, Embedding, embedding, workers
from rackhouse.services.gateway.worker import weights

pytestmark = pytest.mark.slow

INT8, FP32 = MODELS
TEXTS = [
    "In the beginning God created the heaven and the earth.",
    "And the earth was without form, and void; and darkness was upon the face of the deep.",
    "And God said, Let there be light: and there was light.",
    "The LORD is my shepherd; I shall not want.",
    "Jesus wept.",
    "How do I reset my password?",
    "Click on 'Forgot password' at the sign-in page.",
    "The cat sat on the mat.",
    "A kitten lay upon the rug.",
    "Interest rates rose by a quarter of a point.",
    "def add(a, b): return a + b",
    "¿Dónde está la biblioteca?",
    "東京は日本の首都です。",
    "Grüße aus München",
    "a",
    "42",
    "!!!",
    "word " * 40,
    "The quick brown fox jumps over the lazy dog, again and again, until the dog wakes up.",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
]


@pytest.fixture(scope="module")
def gateway(cache: Path) -> Iterator[Embedding]:
    with embedding(cache) as one:
        yield one


@pytest.fixture(scope="module")
def wanted() -> np.ndarray:
    """Computed in numpy, in 64 bits, from the same weights; nothing of the embedder's is used."""
    files = weights.find()
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.no_padding()
    read = [tokenizer.encode(each).ids for each in TEXTS]
    return bert.embeddings(load_file(files.weights), read, 12)


def test_exact_vectors_are_the_models_own(gateway: Embedding, wanted: np.ndarray) -> None:
    found = np.array(gateway.vectors(TEXTS, FP32))
    assert np.abs(found - wanted).max() < 1e-5


def test_small_vectors_point_where_exact_ones_do(gateway: Embedding, wanted: np.ndarray) -> None:
    found = np.array(gateway.vectors(TEXTS, INT8))
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert (found * wanted).sum(axis=1).min() > 0.95
    alike = found @ found.T
    assert alike[7, 8] > alike[7, 9]  # cat and kitten, cat and interest rates
    assert alike[5, 6] > alike[5, 3]


def test_a_client_may_have_numbers_or_packed_ones(gateway: Embedding) -> None:
    (plain,) = gateway.vectors(["Jesus wept."])
    answer = gateway.ask("Jesus wept.", encoding_format="base64").json()
    packed = np.frombuffer(base64.b64decode(answer["data"][0]["embedding"]), "<f4")
    assert np.allclose(packed, plain, atol=1e-6)


def test_what_was_too_long_is_said_and_what_was_read_is_counted(gateway: Embedding) -> None:
    answer = gateway.ask(["short", "word " * 5000]).json()
    assert answer["truncated"] == [1]
    assert answer["usage"]["prompt_tokens"] == 3 + 256


def test_what_has_no_vector_is_refused_in_words(gateway: Embedding) -> None:
    answer = gateway.ask([[101, 102]])  # type: ignore[list-item]
    assert answer.status_code == 400
    chat = {"model": INT8, "messages": [{"role": "user", "content": "Who are you?"}]}
    assert gateway.client.post("/v1/chat/completions", json=chat).status_code >= 400


def test_a_worker_that_is_killed_costs_nobody_an_answer(gateway: Embedding) -> None:
    """Under load, twice; every vector that comes is the right one."""
    wanted = np.array(gateway.vectors(TEXTS))

    def ask(number: int) -> bool:
        if number in (10, 40):
            for worker in workers(os.getpid()):
                worker.kill()
        turned = TEXTS[number % 20 :] + TEXTS[: number % 20]
        found = np.array(gateway.vectors(turned))
        return bool(np.abs(found - np.roll(wanted, -(number % 20), axis=0)).max() < 1e-5)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(60)))
