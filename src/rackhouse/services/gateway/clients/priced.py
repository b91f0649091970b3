"""What an outside upstream is not asked, since no price of the rack's names what it costs."""

from __future__ import annotations

from typing import Any

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Payload
from rackhouse.services.gateway.model.problem import Refused

_WAYS = ("service_tier", "models", "route", "provider")  # of being answered: the rack chooses them
_FEES = ("web_search_options", "search_parameters", "plugins", "audio")
# Whoever asked runs these; any other is the upstream's, which charges for each use.
_TOOLS = ("function", "custom", "local_shell", "apply_patch", "computer", "computer_use_preview")


def by_tokens(said: Payload) -> None:
    """Take out of `said` what makes its tokens dearer. Failed where it asks for what has a fee."""
    for name in _WAYS:
        said.pop(name, None)
    for name in _FEES:
        if said.get(name) is not None:
            raise _fee(name)
    tools: Any = said.get("tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else ()):
        if not isinstance(tool, dict) or tool.get("type") not in _TOOLS:
            raise _fee(f"tools[{index}]")


def _fee(field: str) -> Failed:
    what = f"`{field}` has a fee beside its tokens at an outside model: no budget could count it"
    refusal = Refused(what, status=400, param=field, fix="ask without it")
    return Failed("charges a fee for that", asked=False, fault=False, refusal=refusal)
