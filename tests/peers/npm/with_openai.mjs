// OpenAI's own client for Node, unmodified: OPENAI_BASE_URL and OPENAI_API_KEY are all it is told.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const OpenAI = createRequire(process.env.PEERS + "/")("openai").default;
const client = new OpenAI({ maxRetries: 0 });
const text = "In the beginning God created the heaven and the earth.";
const messages = [{ role: "user", content: "What was made?" }];
const chat = client.chat.completions;

assert.equal((await chat.create({ model: "words", messages })).choices[0].message.content, text);

let streamed = "";
for await (const chunk of await chat.create({ model: "words", messages, stream: true })) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
}
assert.equal(streamed, text);

const tool = { type: "function", function: { name: "look", parameters: { type: "object" } } };
const called = await chat.create({ model: "tools", messages, tools: [tool] });
const call = called.choices[0].message.tool_calls[0].function;
assert.deepEqual([call.name, JSON.parse(call.arguments)], ["look", { at: 1 }]);

const schema = { name: "made", schema: { type: "object" } };
const form = { type: "json_schema", json_schema: schema };
const parsed = await chat.create({ model: "schema", messages, response_format: form });
assert.deepEqual(JSON.parse(parsed.choices[0].message.content).things, ["heaven", "earth"]);

// It asks for base64 by itself, and takes numbers for zeros.
const vectors = await client.embeddings.create({ model: "words", input: ["a", "b"] });
assert.equal(vectors.data[1].embedding.length, 8);
assert.ok(vectors.data[1].embedding.some((each) => each > 0));

await assert.rejects(chat.create({ model: "nobody", messages }), { status: 404 });
console.log("ok");
