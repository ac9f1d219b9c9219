import { expect, test } from "vitest";
import { parseInline, parseMarkdown } from "./markdown.ts";

test("an answer's paragraphs, lists, code and headings are told apart", () => {
  const text =
    "# Title\n\nFirst *line*\nsecond\n\n- one\n- two\n  more\n\n3. three\n4. four\n\n```ts\nconst a = **1**;\n```\n> said";
  expect(parseMarkdown(text)).toEqual([
    { type: "heading", content: [{ type: "text", text: "Title" }] },
    {
      type: "paragraph",
      content: [
        { type: "text", text: "First " },
        { type: "emphasis", text: "line" },
        { type: "text", text: "\nsecond" },
      ],
    },
    {
      type: "list",
      isOrdered: false,
      start: 1,
      items: [[{ type: "text", text: "one" }], [{ type: "text", text: "two\nmore" }]],
    },
    {
      type: "list",
      isOrdered: true,
      start: 3,
      items: [[{ type: "text", text: "three" }], [{ type: "text", text: "four" }]],
    },
    { type: "code", language: "ts", text: "const a = **1**;" },
    { type: "quote", content: [{ type: "text", text: "said" }] },
  ]);
});

test("a fence that is never closed holds the rest", () => {
  expect(parseMarkdown("```\na\n\nb")).toEqual([{ type: "code", language: "", text: "a\n\nb" }]);
});

test.each([
  ["[x](javascript:alert(1))"],
  ["[x](data:text/html,hi)"],
  ["![x](file:///etc/passwd)"],
  ["<script>alert(1)</script>"],
  ["2 * 3 * 4 and snake_case_name"],
])("“%s” stays text", (text) => {
  expect(parseInline(text)).toEqual([{ type: "text", text }]);
});

test("links and images keep their address", () => {
  expect(parseInline("see [docs](https://example.org/a) ![](http://x.test/i.png)")).toEqual([
    { type: "text", text: "see " },
    { type: "link", text: "docs", url: "https://example.org/a" },
    { type: "text", text: " " },
    { type: "image", text: "http://x.test/i.png", url: "http://x.test/i.png" },
  ]);
});

test("hostile text is read without running away", () => {
  for (const text of ["*".repeat(50_000), "`".repeat(50_000), "[".repeat(50_000), "**a".repeat(20_000)]) {
    expect(parseMarkdown(text)).toHaveLength(1);
  }
});
