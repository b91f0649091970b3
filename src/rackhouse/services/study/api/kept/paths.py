"""Which path about what people keep is answered by what; and the same as a description."""

from __future__ import annotations

from starlette.routing import Route

from rackhouse.services.study.api.described import Path
from rackhouse.services.study.api.kept import shapes
from rackhouse.services.study.api.kept.conversations import Conversations
from rackhouse.services.study.api.kept.handed import Handed
from rackhouse.services.study.api.kept.memory import Memory
from rackhouse.services.study.api.kept.notes import Notes
from rackhouse.services.study.api.who import Who
from rackhouse.services.study.model.kept import Conversation, Fact, Frozen, Note
from rackhouse.services.study.service.keeping import Kept
from rackhouse.services.study.service.seams import Scripture

_CONVERSATION = "/v1/conversations/{id}"


def routes(kept: Kept, who: Who, scripture: Scripture) -> list[Route]:
    """Every one."""
    talks, handed, memory = Conversations(kept, who), Handed(kept, who), Memory(kept, who)
    notes = Notes(kept, who, scripture)
    return [
        Route("/v1/conversations", talks.all, methods=["GET"]),
        Route(_CONVERSATION, talks.one, methods=["GET"]),
        Route(_CONVERSATION, talks.remove, methods=["DELETE"]),
        Route(f"{_CONVERSATION}/export", talks.exported, methods=["GET"]),
        Route(f"{_CONVERSATION}/shares", talks.share, methods=["POST"]),
        Route("/v1/mine", talks.everything, methods=["GET"]),
        Route("/v1/mine", talks.forget, methods=["DELETE"]),
        Route("/v1/shares", handed.shares, methods=["GET"]),
        Route("/v1/shares/{id}", handed.revoke, methods=["DELETE"]),
        Route("/v1/shared/{secret}", handed.shown, methods=["GET"]),
        Route("/v1/tokens", handed.tokens, methods=["GET"]),
        Route("/v1/tokens", handed.token, methods=["POST"]),
        Route("/v1/tokens/{id}", handed.void, methods=["DELETE"]),
        Route("/v1/memory", memory.all, methods=["GET"]),
        Route("/v1/memory", memory.add, methods=["POST"]),
        Route("/v1/memory/{id}", memory.remove, methods=["DELETE"]),
        Route("/v1/notes", notes.all, methods=["GET"]),
        Route("/v1/notes", notes.add, methods=["POST"]),
        Route("/v1/notes/{id}", notes.change, methods=["PUT"]),
        Route("/v1/notes/{id}", notes.remove, methods=["DELETE"]),
        Route("/v1/highlights/{verse:int}", notes.highlight, methods=["PUT"]),
        Route("/v1/highlights/{verse:int}", notes.plain, methods=["DELETE"]),
    ]


_WRONG = (400, 401, 403, 404, 413, 503)
_GONE = (401, 403, 404, 503)
PATHS = (
    Path(
        path="/v1/conversations",
        says="What was asked, the latest first.",
        answer=shapes.Conversations,
    ),
    Path(path=_CONVERSATION, says="A conversation.", answer=Conversation, errors=_GONE),
    Path(path=_CONVERSATION, method="delete", says="Delete it.", errors=_GONE),
    Path(
        path=f"{_CONVERSATION}/export",
        says="The same to keep, as JSON or (format=markdown) as Markdown.",
        answer=Conversation,
        query=("format",),
        errors=_WRONG,
    ),
    Path(
        path=f"{_CONVERSATION}/shares",
        method="post",
        says="Freeze a copy, and make a link to it.",
        answer=shapes.Handed,
        status=201,
        errors=_GONE,
    ),
    Path(path="/v1/mine", says="All that is kept of you.", answer=shapes.Everything),
    Path(path="/v1/mine", method="delete", says="Forget all of it.", errors=(401, 403, 503)),
    Path(path="/v1/shares", says="Links that you handed out.", answer=shapes.Shares),
    Path(path="/v1/shares/{id}", method="delete", says="Revoke one.", errors=_GONE),
    Path(path="/v1/shared/{secret}", says="What a link shows.", answer=Frozen, errors=_GONE),
    Path(path="/v1/tokens", says="Keys of your other programs.", answer=shapes.Tokens),
    Path(
        path="/v1/tokens",
        method="post",
        says="Make one for /mcp.",
        body=shapes.NewToken,
        answer=shapes.Handed,
        status=201,
        errors=_WRONG,
    ),
    Path(path="/v1/tokens/{id}", method="delete", says="Revoke one.", errors=_GONE),
    Path(path="/v1/memory", says="What is remembered of you.", answer=shapes.Facts),
    Path(
        path="/v1/memory",
        method="post",
        says="Have something remembered.",
        body=shapes.NewFact,
        answer=Fact,
        status=201,
        errors=_WRONG,
    ),
    Path(path="/v1/memory/{id}", method="delete", says="Have it forgotten.", errors=_GONE),
    Path(
        path="/v1/notes",
        says="Your notes and highlights, of verses from `first` to `last` by their numbers.",
        answer=shapes.Marks,
        query=("first", "last"),
        errors=_WRONG,
    ),
    Path(
        path="/v1/notes",
        method="post",
        says="Write a note.",
        body=shapes.NewNote,
        answer=Note,
        status=201,
        errors=_WRONG,
    ),
    Path(
        path="/v1/notes/{id}",
        method="put",
        says="Write it anew.",
        body=shapes.NewText,
        answer=Note,
        errors=_WRONG,
    ),
    Path(path="/v1/notes/{id}", method="delete", says="Delete it.", errors=_GONE),
    Path(
        path="/v1/highlights/{verse}",
        method="put",
        says="Give a verse a colour.",
        body=shapes.NewColour,
        errors=_WRONG,
    ),
    Path(path="/v1/highlights/{verse}", method="delete", says="Take it away.", errors=_WRONG),
)
