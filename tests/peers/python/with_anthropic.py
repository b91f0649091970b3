"""Anthropic's own client, unmodified: told ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY alone."""

from __future__ import annotations

import anthropic

client = anthropic.Anthropic(max_retries=0)
TEXT = "In the beginning God created the heaven and the earth."
ASKED = {"max_tokens": 100, "messages": [{"role": "user", "content": "What was made?"}]}
TOOL = {"name": "look", "input_schema": {"type": "object", "properties": {}}}

for model in ("words", "claude"):
    answer = client.messages.create(model=model, system="Be brief.", **ASKED)
    assert (answer.content[0].text, answer.stop_reason) == (TEXT, "end_turn"), answer
    assert answer.usage.output_tokens > 0
    with client.messages.stream(model=model, **ASKED) as stream:
        assert "".join(stream.text_stream) == TEXT
        assert stream.get_final_message().usage.output_tokens > 0

for model in ("tools", "claude-tools"):
    called = client.messages.create(model=model, tools=[TOOL], **ASKED)
    used = called.content[-1]
    assert (used.type, used.name, used.input) == ("tool_use", "look", {"at": 1})
    with client.messages.stream(model=model, tools=[TOOL], **ASKED) as stream:
        final = stream.get_final_message()
    assert (final.stop_reason, final.content[-1].input) == ("tool_use", {"at": 1})

assert client.messages.count_tokens(model="words", messages=ASKED["messages"]).input_tokens > 0
assert "words" in [each.id for each in client.models.list()]

try:
    client.messages.create(model="nobody", **ASKED)
except anthropic.NotFoundError:
    print("ok")
else:
    raise AssertionError("it was not refused")
