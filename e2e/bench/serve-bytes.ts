import { createServer } from "node:http";

/** What Node can do at best: answers every request with the bytes and headers its parent sends it. */
process.once("message", (answer: { body: string; headers: Record<string, string> }) => {
  const headers = { ...answer.headers, "content-length": Buffer.byteLength(answer.body) };
  const server = createServer((_, response) => {
    response.writeHead(200, headers);
    response.end(answer.body);
  });
  server.keepAliveTimeout = 75_000;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.send?.({ port: typeof address === "object" && address ? address.port : 0 });
  });
});
process.on("disconnect", () => process.exit(0));
