"""OpenAI's own client for Python, unmodified: told OPENAI_BASE_URL and OPENAI_API_KEY alone."""

from __future__ import annotations

import json

import openai
from pydantic import BaseModel

client = openai.OpenAI(max_retries=0)
TEXT = "In the beginning God created the heaven and the earth."
QUESTION = [{"role": "user", "content": "What was made?"}]
TOOL = {
    "type": "function",
    "function": {"name": "look", "parameters": {"type": "object", "properties": {}}},
}


class Made(BaseModel):
    """What a model of the rack is asked to answer in."""

    things: list[str]


answer = client.chat.completions.create(model="words", messages=QUESTION)
assert answer.choices[0].message.content == TEXT
assert answer.usage.total_tokens > 0

chunks = list(
    client.chat.completions.create(
        model="words", messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
)
assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == TEXT
assert chunks[-1].usage.completion_tokens > 0

called = client.chat.completions.create(model="tools", messages=QUESTION, tools=[TOOL])
call = called.choices[0].message.tool_calls[0]
assert (call.function.name, json.loads(call.function.arguments)) == ("look", {"at": 1})

parsed = client.chat.completions.parse(model="schema", messages=QUESTION, response_format=Made)
assert parsed.choices[0].message.parsed == Made(things=["heaven", "earth"])

vectors = client.embeddings.create(model="words", input=["a", "b"])
assert [len(each.embedding) for each in vectors.data] == [8, 8]
assert any(vectors.data[0].embedding)

assert client.completions.create(model="words", prompt="In the").choices[0].text == TEXT
assert "words" in [each.id for each in client.models.list()]

try:
    client.chat.completions.create(model="nobody", messages=QUESTION)
except openai.NotFoundError:
    print("ok")
else:
    raise AssertionError("it was not refused")
