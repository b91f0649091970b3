"""Whether a question asks for a passage in several translations, beside each other."""

from __future__ import annotations

import re

_TRANSLATIONS = re.compile(
    r"\b(?:translations?|versions?|renderings?|traducci(?:ón|ones)|versi(?:ón|ones))\b"
)
_BESIDE = re.compile(
    r"\b(?:compar\w*|differ\w*|diff|all|every|each|both|other|another|several|various|between|beside"
    r"|side by side|todas|cada|otras?|distintas|diferen\w*)\b"
)


def compares(question: str) -> bool:
    """`compare Romans 8:28 in all translations`, `John 1:1 in other versions`."""
    said = question.casefold()
    return bool(_TRANSLATIONS.search(said) and _BESIDE.search(said))
