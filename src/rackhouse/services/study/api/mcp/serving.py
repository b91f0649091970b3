"""The tools as the protocol has them: the same that our own models are given."""

from __future__ import annotations

import logging

import mcp_types as types
import msgspec
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model import tools
from rackhouse.services.study.model.evidence import Passage
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.service.loop.tools import Tools
from rackhouse.services.study.service.seams import Retrieval, Scripture

_MOST = 64 * 1024  # bytes of a request
_SAYS = (
    "Passages of the Bible with their own words, from a text store. Quote them as they are given"
    " here, with their reference and translation; do not quote the Bible from memory."
)
_log = logging.getLogger("rackhouse.study")


def manager(scripture: Scripture, retrieval: Retrieval) -> StreamableHTTPSessionManager:
    """Without sessions: each request stands alone, whichever replica it comes to. It is told hosts
    by its key alone, so the check of host names, which is for servers without one, is off.
    """
    given = Given(scripture, retrieval)
    server = Server(
        "bible-logic",
        version="1",
        title="Bible Logic",
        instructions=_SAYS,
        on_list_tools=given.listed,
        on_call_tool=given.called,
    )
    return StreamableHTTPSessionManager(
        app=server,
        stateless=True,
        json_response=True,
        max_request_body_size=_MOST,
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )


class Given:
    """The tools, over scripture and retrieval."""

    def __init__(self, scripture: Scripture, retrieval: Retrieval) -> None:
        self._scripture = scripture
        self._retrieval = retrieval

    async def listed(
        self, _: ServerRequestContext, __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """All of them."""
        some = []
        for each in tools.described():
            function = each["function"]
            some.append(
                types.Tool(
                    name=function["name"],
                    description=function["description"],
                    input_schema=function["parameters"],
                    annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
                )
            )
        return types.ListToolsResult(tools=some)

    async def called(
        self, _: ServerRequestContext, asked: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """What one found: as text, and as data."""
        try:
            call = tools.read(asked.name, msgspec.json.encode(asked.arguments or {}).decode())
            held = await self._scripture.translations()
            run = Tools(self._scripture, self._retrieval, [each.id for each in held]).run
            found = await run(call)
        except tools.BadCall as bad:
            return _failed(str(bad))
        except (Away, Refused) as problem:
            return _failed(str(problem).partition("\n")[0])
        except Exception as error:  # noqa: BLE001  of a fault of our own no more is said
            _log.error("a tool failed: %s", type(error).__name__)
            return _failed("the service failed")
        used = {it.translation for each in found.passages for it in each.texts if it.verses}
        terms = {
            each.id: f"{each.name}: {each.attribution} {each.licence}".strip()
            for each in held
            if each.id in used
        }
        said = [found.says] if found.says else []
        parts = [*said, *map(_written, found.passages), "\n".join(terms.values())]
        text = "\n\n".join(filter(None, parts)) or "Nothing was found."
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)],
            structured_content={
                "passages": [msgspec.to_builtins(each) for each in found.passages],
                "terms": terms,
            },
        )


def _written(passage: Passage) -> str:
    lines = [passage.reference]
    for words in passage.texts:
        text = " ".join(verse.text for verse in words.verses)
        if text:
            lines.append(f"{words.translation.upper()}: {text}")
    return "\n".join(lines)


def _failed(why: str) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=f"That cannot be done: {why}")], is_error=True
    )
