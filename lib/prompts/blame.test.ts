import { expect, test } from "vitest";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { blame } from "./blame.ts";
import { blameVersion } from "./blame-version.ts";
import { saveVersion } from "./save-version.ts";
import { contentOf } from "./testing-content.ts";

useDatabase();

test("each line is of the version that it came with", () => {
  const [text] = blame(
    ["a\nb", "a\nb\nc", "a\nB\nc", "x\na\nB\nc"].map((content, index) => ({
      number: index + 1,
      content: contentOf({ type: "text", text: content }),
    })),
  );
  expect(text!.lines).toEqual([
    { text: "x", number: 4 },
    { text: "a", number: 1 },
    { text: "B", number: 3 },
    { text: "c", number: 2 },
  ]);
});

test("a message put in between leaves the others' lines as they were", () => {
  const message = (content: string) => ({ role: "user" as const, content });
  const texts = blame([
    { number: 1, content: contentOf({ type: "chat", messages: [message("one"), message("two")] }) },
    {
      number: 2,
      content: contentOf({ type: "chat", messages: [message("one"), message("between"), message("two")] }),
    },
  ]);
  expect(texts.map(({ lines }) => lines[0]!.number)).toEqual([1, 2, 1]);
});

test("a version on a branch knows nothing of the other branch", async () => {
  const { ctx } = await makeProject();
  const save = (text: string, parentNumber?: number) =>
    saveVersion(ctx, {
      name: "p",
      content: contentOf({ type: "text", text }),
      parentNumber,
      message: text[0],
    });
  await save("a");
  await save("a\nb");
  await save("a\nb\nc", 1);
  const { texts, versions, isCut } = await blameVersion(ctx, { name: "p", number: 3 });
  expect(texts[0]!.lines.map((line) => line.number)).toEqual([1, 3, 3]);
  expect(Object.keys(versions)).toEqual(["1", "3"]);
  expect(isCut).toBe(false);
});
