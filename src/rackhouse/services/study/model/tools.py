"""What a model may ask for: a few tools, each with its arguments as a struct."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

LONGEST = 4_000  # characters of arguments
Line = Annotated[str, Meta(min_length=1, max_length=300)]


class LookUpReference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Read a passage by its reference, as `Romans 8:28-30`."""

    reference: Line


class Search(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Search all of scripture for a thought or for words."""

    query: Line


class CrossReferences(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Passages that belong to a verse, where a source of cross-references is installed."""

    reference: Line


class Topic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Passages on a subject, where a topical work is installed."""

    subject: Line


class WordStudy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a word of the original occurs, by its number of Strong's, as `G26` or `H2617`."""

    number: Annotated[str, Meta(pattern=r"^[GHgh][0-9]{1,5}$")]


class CompareTranslations(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One short passage in every translation that is held."""

    reference: Line


class Context(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands around a passage: the verses before and after it."""

    reference: Line


Call = (
    LookUpReference | Search | CrossReferences | Topic | WordStudy | CompareTranslations | Context
)
_TOOLS: dict[str, type[Call]] = {
    "look_up_reference": LookUpReference,
    "search": Search,
    "cross_references": CrossReferences,
    "topic": Topic,
    "word_study": WordStudy,
    "compare_translations": CompareTranslations,
    "context": Context,
}


class BadCall(Exception):
    """What a model asked for cannot be done; it is told why."""


def read(name: str, arguments: str) -> Call:
    """The call. BadCall for a tool that there is not, and for other arguments than it has."""
    tool = _TOOLS.get(name)
    if tool is None:
        raise BadCall(f"there is no such tool; there are: {', '.join(_TOOLS)}")
    if len(arguments) > LONGEST:
        raise BadCall(f"the arguments have more than {LONGEST} characters")
    try:
        return msgspec.json.decode(arguments, type=tool)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadCall(f"the arguments are not as described: {str(error)[:200]}") from None


def described() -> list[dict[str, Any]]:
    """The tools as OpenAI's protocol has them."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": (tool.__doc__ or "").replace("`", ""),
                "parameters": _schema(tool),
            },
        }
        for name, tool in _TOOLS.items()
    ]


def _schema(tool: type[Call]) -> dict[str, Any]:
    (_, components) = msgspec.json.schema_components([tool])
    schema = dict(components[tool.__name__])
    return {key: schema[key] for key in ("type", "properties", "required") if key in schema}
