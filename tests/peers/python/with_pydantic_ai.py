"""pydantic-ai, unmodified: OPENAI_BASE_URL and OPENAI_API_KEY are all it is told."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openai import OpenAIChatModel

TEXT = "In the beginning God created the heaven and the earth."


class Made(BaseModel):
    """What a model of the rack is asked to answer in."""

    things: list[str]


async def main() -> None:
    """Words, words as they come, a tool, and an answer in a schema."""
    agent = Agent(OpenAIChatModel("words"))
    assert (await agent.run("What was made?")).output == TEXT
    async with agent.run_stream("What was made?") as result:
        assert [each async for each in result.stream_text()][-1] == TEXT

    looked = []
    tools = Agent(OpenAIChatModel("tools-once"))

    @tools.tool_plain
    def look(at: int) -> str:
        """Look."""
        looked.append(at)
        return "a tree"

    assert (await tools.run("What was made?")).output == TEXT
    assert looked == [1]

    schema = Agent(OpenAIChatModel("schema"), output_type=NativeOutput(Made))
    assert (await schema.run("What was made?")).output == Made(things=["heaven", "earth"])


asyncio.run(main())
print("ok")
