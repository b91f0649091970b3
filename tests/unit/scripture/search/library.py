"""A few verses in two languages."""

from __future__ import annotations

from rackhouse.services.scripture.model.translation import About, Licence, Translation
from rackhouse.services.scripture.service.library import Library

TERMS = Licence(name="Public domain", attribution="Old words.")
ENGLISH = {
    1_001_001: "In the beginning God created the heaven and the earth.",
    19_023_001: "The LORD is my shepherd; I shall not want.",
    19_023_002: "He maketh me to lie down in green pastures.",
    43_001_001: "In the beginning was the Word, and the Word was with God, and the Word was God.",
    43_003_016: "For God so loved the world, that he gave his only begotten Son.",
    43_010_011: "I am the good shepherd: the good shepherd giveth his life for the sheep.",
}
SPANISH = {
    19_023_001: "JEHOVÁ es mi pastor; nada me faltará.",
    43_010_011: "Yo soy el buen pastor: el buen pastor su vida da por las ovejas.",
}


def _made(id: str, language: str, verses: dict[int, str]) -> Translation:
    about = About(id=id, name=f"The {id}", language=language, licence=TERMS)
    return Translation(about, verses)


LIBRARY = Library([_made("old", "en", ENGLISH), _made("viejo", "es", SPANISH)])
