"""The interface as an OpenAPI 3.1 document, at `/openapi.json` and in `contracts/`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import msgspec

from rackhouse.kit.web.shapes import Problem
from rackhouse.services.scripture.api import shapes, work_shapes
from rackhouse.services.scripture.api.finding import paths as finding
from rackhouse.services.scripture.api.paths import Parameter, Path

Json = dict[str, Any]
_BAD = "What was asked is wrong: `param` names it, `fix` says how to mend it."
_NONE = "There is no such translation, book or chapter."


_TRANSLATION = Parameter(
    name="translation",
    says="Which, apart by commas, once. `kjv@c78bc60054d4` names its words by their digest: then"
    " what a canonical reference is answered never changes.",
    example="kjv,asv",
)
_REF = Parameter(
    name="ref",
    says="A reference, in English or Spanish.",
    example="John 3:16-18; 1 Cor 13",
    required=True,
)
_INCLUDE = Parameter(
    name="include",
    says="What else: words (with Strong's numbers), notes, headings, apart by commas.",
    example="words,notes",
)
_TEXT = Parameter(
    name="text",
    says="Prose: at most 7,000 characters.",
    example="As Juan 3:16 and Rom. 8:28 say.",
    required=True,
)
_AS = Parameter(
    name="as",
    says="`prose`, or `question`, which asks about scripture: `romans 8` is a reference there.",
    example="question",
)
_BOOK = Parameter(
    name="book",
    says="Its code of USFM, its number or its name.",
    example="JHN",
    where="path",
    required=True,
)
_CHAPTER = Parameter(name="chapter", says="Its number.", example="3", where="path", required=True)
_NUMBER = Parameter(
    name="number", says="A Strong's number.", example="G26", where="path", required=True
)
_WORK = Parameter(name="work", says="Its id.", example="mhcc", where="path", required=True)
_KEY = Parameter(name="key", says="A heading, in capitals or not.", example="G26")
_LIMIT = Parameter(
    name="limit",
    says="How many verses (at most 500), entries (20) or headings (1,000).",
    example="100",
)
_AFTER = Parameter(name="after", says="The `next` of the answer before.", example="43003016")
_PATHS = (
    Path(
        path="/v1/translations",
        says="The translations, their licences and digests.",
        answer=shapes.Translations,
    ),
    Path(
        path="/v1/passages",
        says="The words that a reference points at.",
        answer=shapes.Passages,
        parameters=(_REF, _TRANSLATION, _INCLUDE),
        plain=True,
    ),
    Path(path="/v1/books", says="The books, with their chapters.", answer=shapes.Books),
    Path(
        path="/v1/books/{book}/chapters/{chapter}",
        says="A chapter, and those beside it.",
        answer=shapes.Chapter,
        parameters=(_BOOK, _CHAPTER, _TRANSLATION, _INCLUDE),
        plain=True,
    ),
    Path(
        path="/v1/references",
        says="The references in a text, and where they stand.",
        answer=shapes.References,
        parameters=(_TEXT, _AS),
    ),
    Path(
        path="/v1/strongs/{number}",
        says="A word of Hebrew or Greek: where it stands, and what renders it.",
        answer=shapes.Strong,
        parameters=(_NUMBER, _TRANSLATION, _LIMIT, _AFTER),
    ),
    Path(
        path="/v1/works",
        says="Commentaries, lexicons and topics, their licences and digests.",
        answer=work_shapes.Works,
    ),
    Path(
        path="/v1/works/{work}/entries",
        says="What a work says of verses or under a heading; its headings where neither is asked.",
        answer=work_shapes.Entries,
        parameters=(_WORK, replace(_REF, required=False), _KEY, _LIMIT, _AFTER),
    ),
    *finding.PATHS,
)


def document() -> Json:
    """The whole of it, in a stable order."""
    types = [Problem, *(each.answer for each in _PATHS)]
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    alive = {"summary": "Whether it lives.", "responses": {"200": {"description": "It does."}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rackhouse scripture",
            "version": "1",
            "description": "Scripture in several translations, verse by verse. Every answer under"
            " /v1 has an ETag; what is asked by a text's digest may be kept for ever.",
        },
        "paths": {
            **{each.path: {"get": _get(each)} for each in _PATHS},
            "/healthz": {"get": alive},
        },
        "components": {"schemas": schemas},
    }


@cache
def written() -> bytes:
    """The same as JSON. It never changes."""
    return msgspec.json.encode(document())


def _get(path: Path) -> Json:
    schema = {"schema": {"$ref": f"#/components/schemas/{path.answer.__name__}"}}
    text: Json = {"text/plain": {"schema": {"type": "string"}}} if path.plain else {}
    fault = {"schema": {"$ref": "#/components/schemas/Problem"}}
    wrong = {"400": _BAD, "404": _NONE} if path.parameters else {}
    errors = {
        status: {"description": says, "content": {"application/json": fault}}
        for status, says in wrong.items()
    }
    return {
        "summary": path.says,
        "parameters": [_parameter(each) for each in path.parameters],
        "responses": {
            "200": {"description": "The answer.", "content": {"application/json": schema, **text}},
            "304": {"description": "As the ETag that was sent says."},
            **errors,
        },
    }


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": parameter.says,
        "schema": {"type": "string"},
        "example": parameter.example,
    }
