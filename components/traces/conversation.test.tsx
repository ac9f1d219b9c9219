import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Message, MessagePart } from "#lib/traces/span.ts";
import { Conversation } from "./conversation.tsx";
import { imageSource } from "./untrusted-image.tsx";

const payload = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
const message = (...parts: MessagePart[]): Message => ({
  role: "user",
  name: null,
  parts,
  finishReason: null,
});
const render = (messages: Message[], format: "text" | "markdown" = "text") =>
  renderToStaticMarkup(<Conversation label="Messages" messages={messages} format={format} />);

const everyPart: MessagePart[] = [
  { type: "text", text: payload },
  { type: "reasoning", text: payload },
  { type: "tool_call", id: payload, name: payload, arguments: { query: payload } },
  { type: "tool_result", id: null, result: payload },
  { type: "file", url: payload, fileId: payload, mediaType: null },
  { type: "other", value: { html: payload } },
  { type: "image", url: payload, mediaType: null, bytesBase64: null },
];

test.each(["text", "markdown"] as const)("HTML in any part of a message is shown as text (%s)", (format) => {
  const html = render([{ ...message(...everyPart), role: payload, name: payload }], format);
  expect(html).not.toMatch(/<(img|script|iframe|svg on)/i);
  expect(html.match(/&lt;script&gt;/g)!.length).toBeGreaterThanOrEqual(8);
});

test("HTML inside Markdown's own marks is shown as text", () => {
  const text = `# ${payload}\n\n- ${payload}\n\n> ${payload}\n\n\`\`\`html\n${payload}\n\`\`\`\n\n**${payload}** \`${payload}\``;
  expect(render([message({ type: "text", text })], "markdown")).not.toMatch(/<(img|script)/i);
});

test("no image is fetched before it is asked for", () => {
  const html = render(
    [message({ type: "image", url: "https://tracker.test/pixel.png", mediaType: null, bytesBase64: null })],
    "markdown",
  );
  expect(html).toContain("Show image from tracker.test");
  expect(html).not.toContain("<img");
  expect(
    render([message({ type: "text", text: "![p](https://tracker.test/p.png)" })], "markdown"),
  ).not.toContain("<img");
});

test("an image is only ever a raster of the trace or an http address", () => {
  expect(imageSource("javascript:alert(1)", null, null)).toBeNull();
  expect(imageSource("data:text/html;base64,PHNjcmlwdD4=", null, null)).toBeNull();
  expect(imageSource(null, "image/svg+xml", "PHN2Zz4=")).toBeNull();
  expect(imageSource("data:image/png;base64,iVBORw0=", null, null)?.from).toBe("(png, 5 B)");
});

test("the messages keep their order and say who speaks", () => {
  const html = render([
    { role: "system", name: null, parts: [{ type: "text", text: "Be terse." }], finishReason: null },
    { role: "assistant", name: null, parts: [{ type: "text", text: "Nairobi." }], finishReason: "length" },
  ]);
  expect(html.indexOf("System")).toBeLessThan(html.indexOf("Be terse."));
  expect(html.indexOf("Be terse.")).toBeLessThan(html.indexOf("Nairobi."));
  expect(html).toContain("Ended by: length");
});
