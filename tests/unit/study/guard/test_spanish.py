"""The guard where Spanish is spoken: what introduces words, and the names of books."""

from __future__ import annotations

from functools import cache

import pytest

from rackhouse.services.study.model.guard.guard import Guard
from rackhouse.services.study.model.guard.stream import Stream
from rackhouse.services.study.model.guard.verdict import Kind, Quote

# Reina-Valera 1909.
HELD = {
    1_001_001: "EN el principio crió Dios los cielos y la tierra.",
    19_023_001: "JEHOVÁ es mi pastor; nada me faltará.",
    40_004_004: "Mas él respondiendo, dijo: Escrito está: No con solo el pan vivirá el hombre, mas"
    " con toda palabra que sale de la boca de Dios.",
    43_003_016: "Porque de tal manera amó Dios al mundo, que ha dado á su Hijo unigénito, para que"
    " todo aquel que en él cree, no se pierda, mas tenga vida eterna.",
    43_011_035: "Y lloró Jesús.",
    62_004_008: "El que no ama, no conoce á Dios; porque Dios es amor.",
}


@cache
def _guard() -> Guard:
    return Guard({"rv1909": HELD})


def _said(text: str) -> list[Kind]:
    stream = Stream(_guard())
    return [verdict.kind for _, verdict in [*stream.feed(text), *stream.end()]]


@pytest.mark.parametrize(
    "text",
    [
        "Juan 3:16 dice: De tal manera amó Dios al mundo.",
        "Según Juan 3:16, de tal manera amó Dios al mundo.",
        "La Biblia dice: Jehová es mi pastor; nada me faltará.",
        "Dice la Biblia: «Dios es amor» (1 Juan 4:8).",
        "Está escrito: En el principio crió Dios los cielos y la tierra.",
        "El Salmo 23:1 dice «JEHOVA ES MI PASTOR; nada me faltara».",
        "Jehová es mi pastor; nada me faltará — Salmos 23:1",
        "Pablo enseña que la gracia es un regalo.",
        "El Salmo 23 habla de la confianza, y Juan 3 del amor de Dios.",
        "En Génesis 1 leemos cómo empezó todo.",
        "No hay ningún Salmo 151 en esta Biblia.",
        "El Salmo 151 no existe.",
    ],
)
def test_what_is_true_leaves(text: str) -> None:
    assert {*_said(text)} <= {Kind.PASSES, Kind.QUOTED}, text


@pytest.mark.parametrize(
    "text",
    [
        "Jesús dijo: Ayúdate que yo te ayudaré.",
        "Dice la Biblia: «Ayúdate que yo te ayudaré».",
        "La Biblia dice Dios ayuda a los que madrugan.",
        "Está escrito: La alegría es hija de la paciencia.",
        "Como está escrito, la alegría es hija de la paciencia.",
        "Según Juan 3:16, la alegría es hija de la paciencia.",
        "La alegría es hija de la paciencia, dijo Jesús.",
        "La alegría es hija de la paciencia — Juan 3:16",
        "Juan 3:99 dice que Dios es amor.",
        "El Salmo 151 nos consuela.",
        "Ezequías 4:2 nos habla de la paz.",
        "«De tal manera odió Dios al mundo» (Juan 3:16).",
        "Porque de tal manera amó Dios al planeta, que ha dado á su Hijo unigénito.",
        "Salmo 23:1: «Porque de tal manera amó Dios al mundo».",
        "«De tal manera amó Dios al mundo» (Santiago 3:16).",
    ],
)
def test_what_is_false_does_not(text: str) -> None:
    verdict = Stream(_guard())
    for _, each in [*verdict.feed(text), *verdict.end()]:
        assert each.kind in {Kind.BLOCKED, Kind.CORRECTED}, text
        for part in each.parts:
            assert not isinstance(part, Quote) or part.text in HELD[part.first]
