"""What is said to a chat, and has no word in Anthropic's protocol."""

from __future__ import annotations

from rackhouse.services.gateway.api import messages, parse
from rackhouse.services.gateway.model.call import Caller


def test_messages_never_begin_anew_for_their_protocol_has_no_word_for_it() -> None:
    asker = parse.Asker(Caller(key="k"), 10, {"restart": "yes"})
    said = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}
    assert not messages.read(said, asker).restart
