"""LangChain's client, unmodified: OPENAI_BASE_URL and OPENAI_API_KEY are all it is told."""

from __future__ import annotations

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

TEXT = "In the beginning God created the heaven and the earth."


class Made(BaseModel):
    """What a model of the rack is asked to answer in."""

    things: list[str]


@tool
def look(at: int) -> str:
    """Look."""
    return f"a tree at {at}"


words = ChatOpenAI(model="words", max_retries=0)
assert words.invoke("What was made?").content == TEXT
assert "".join(str(each.content) for each in words.stream("What was made?")) == TEXT

called = ChatOpenAI(model="tools", max_retries=0).bind_tools([look]).invoke("What was made?")
assert [(each["name"], each["args"]) for each in called.tool_calls] == [("look", {"at": 1})]

schema = ChatOpenAI(model="schema", max_retries=0).with_structured_output(Made)
assert schema.invoke("What was made?") == Made(things=["heaven", "earth"])

# Without the check that counts tokens by a table that it would have to fetch.
vectors = OpenAIEmbeddings(model="words", check_embedding_ctx_length=False)
assert [len(each) for each in vectors.embed_documents(["a", "b"])] == [8, 8]
print("ok")
