"""What is asked around what is sought: `what does the Bible say about anger` seeks anger."""

from __future__ import annotations

import re

_WORK = r"(?:the |holy |la |las |los )*(?:bible|scriptures?|god|lord|word|biblia|escrituras?|dios)"
_KIND = "(?:some|good|the|best|bible|scripture|encouraging)"
_FRAMES = (
    rf"what (?:does|do|did) {_WORK} (?:say|says|said|teach|teaches|tell us) (?:about|on|of)",
    rf"what (?:is|are) {_WORK}'?s? (?:view|teaching|word)s? (?:about|on|of)",
    rf"(?:{_KIND} )*(?:verse|passage|scripture|quote)s? (?:about|on|for|of|that (?:say|speak of))",
    rf"where (?:in {_WORK} )?does (?:it|{_WORK}) (?:say|talk about|speak of)(?: that)?",
    r"is there (?:a|any) (?:bible )?(?:verse|passage)s? (?:about|on|for|that says?)",
    rf"(?:que|qué) dice {_WORK} (?:sobre|de|acerca de)",
    r"(?:versiculos?|versículos?|pasajes?) (?:sobre|de|para|acerca de)",
)
_FRAME = re.compile(rf"^\s*(?:{'|'.join(_FRAMES)})\s+(?=\w)", re.IGNORECASE)


def sought(text: str) -> str:
    """The query without its frame."""
    return _FRAME.sub("", text, count=1)
