// A Node web server without a score.yaml: Rackhouse reads package.json and runs `npm start`.
import { createServer } from "node:http";
import { nanoid } from "nanoid";

const quotes = [
  "Simplicity is prerequisite for reliability. (Dijkstra)",
  "The purpose of computing is insight, not numbers. (Hamming)",
  "Make it work, make it right, make it fast. (Beck)",
];

const server = createServer((request, response) => {
  const quote = quotes[Math.floor(Math.random() * quotes.length)];
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(`${quote}\n${nanoid()}\n`);
});
server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1");
process.on("SIGTERM", () => server.close());
