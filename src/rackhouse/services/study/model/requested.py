"""What a question asks for by its kind: where a word of the original stands, what refers to a
passage, what a topical work has. A person means that, as a language model does that calls a tool.
"""

from __future__ import annotations

import re

from rackhouse.services.study.model.tools import CrossReferences, Topic, WordStudy

Request = WordStudy | CrossReferences | Topic

_NUMBER = re.compile(r"\b([GH]) ?0*([1-9][0-9]{0,3})\b", re.IGNORECASE)
# `G7` and `G20` are met elsewhere too: beside the number stands what it is, or nothing at all.
_ORIGINAL = re.compile(
    r"\b(?:strong'?s?|greek|hebrew|aramaic|lexicon|words?|original|concordance"
    r"|griego|hebreo|arameo|palabras?|léxico)\b"
)
_LINKED = re.compile(
    r"\b(?:cross[ -]?references?|cross[ -]?refs?|parallel (?:passages?|verses?)"
    r"|referencias? cruzadas?|pasajes? paralelos?)\b"
)
_TOPIC = re.compile(
    r"\b(?:topics?|temas?)\s*(?::|\b(?:of|on|de|sobre)\b)\s*(?P<one>.{2,60}?)[\s?.!]*$"
    r"|\bnave'?s\b.*?\b(?:on|about|of)\s+(?P<other>.{2,60}?)[\s?.!]*$"
)


def requested(question: str, reference: str = "") -> Request | None:
    """The tool that it asks for, if any; `reference` is the first passage that it names."""
    said = question.replace("\u2019", "'").casefold()
    number = _NUMBER.search(said)
    if number and (_ORIGINAL.search(said) or number[0] == said.strip(" ?.!")):
        return WordStudy(number=f"{number[1].upper()}{number[2]}")
    if reference and _LINKED.search(said):
        return CrossReferences(reference=reference)
    topic = None if reference else _TOPIC.search(said)
    return Topic(subject=topic["one"] or topic["other"]) if topic else None
