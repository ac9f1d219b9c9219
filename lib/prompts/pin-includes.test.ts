import { expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import { findVersion } from "./find-version.ts";
import { listIncludeUpdates } from "./list-include-updates.ts";
import { listUsers } from "./list-users.ts";
import { revertVersion } from "./revert-version.ts";
import { saveVersion } from "./save-version.ts";
import type { PromptContent } from "./schema.ts";
import { compile } from "./template.ts";
import { contentOf } from "./testing-content.ts";
import { updatePrompt } from "./update-prompt.ts";

useDatabase();

const textOf = (text: string, variables: { name: string; default?: string }[] = []) =>
  contentOf({ type: "text", text, variables });

async function saveText(ctx: Context, name: string, text: string, labels: string[] = []) {
  const { version } = await saveVersion(ctx, { name, content: textOf(text), labels });
  return version;
}

function compiledText(content: PromptContent, variables = {}): string {
  const { text, messages, problems } = compile(content, variables);
  expect(problems.filter((each) => each.severity === "error")).toEqual([]);
  return text ?? messages.map((each) => `${each.role}: ${each.content}`).join("\n");
}

test("an include is pinned when it is saved: its label moves on and the version's text stays", async () => {
  const { ctx } = await makeProject();
  await saveText(ctx, "shared/tone of voice.v2", "Be kind.", ["production"]);
  const first = await saveText(ctx, "main", "{{> shared/tone of voice.v2@production}} Hello");
  expect(first.content.includes).toMatchObject([
    { reference: "shared/tone of voice.v2@production", within: null, number: 1, text: "Be kind." },
  ]);
  await saveText(ctx, "shared/tone of voice.v2", "Be brief.", ["production"]);
  const kept = await findVersion(ctx, { name: "main", version: 1 });
  expect(compiledText(kept.content)).toBe("Be kind. Hello");
  expect(kept.digest).toBe(first.digest);

  // Saved with its pins it is the same version; without them, what the label means now makes another digest.
  const again = await saveVersion(ctx, { name: "main", content: kept.content });
  expect(again).toMatchObject({ isNew: false, version: { number: 1 } });
  const self = { id: first.promptId, name: "main" };
  const [update] = await listIncludeUpdates(ctx, kept.content, self);
  expect(update).toMatchObject({ name: "shared/tone of voice.v2", pinnedNumber: 1, currentNumber: 2 });
  const updated = await saveVersion(ctx, {
    name: "main",
    content: { ...kept.content, includes: update!.includes },
  });
  expect(updated).toMatchObject({ isNew: true, version: { number: 2 } });
  expect(compiledText(updated.version.content)).toBe("Be brief. Hello");
  expect(await listIncludeUpdates(ctx, updated.version.content, self)).toEqual([]);

  const reverted = await revertVersion(ctx, { name: "main", toNumber: 1 });
  expect(compiledText(reverted.version.content)).toBe("Be kind. Hello");
});

test("by number, by label, by latest; without any it is production", async () => {
  const { ctx } = await makeProject();
  await saveText(ctx, "a", "one", ["production"]);
  await saveText(ctx, "a", "two", ["staging"]);
  await saveText(ctx, "a", "three");
  const main = await saveText(ctx, "main", "{{> a@1}}, {{>a@staging}}, {{> a @ latest }}, {{> a}}");
  expect(compiledText(main.content)).toBe("one, two, three, one");
});

test("an include's own includes are its own: the same reference means what each text pinned", async () => {
  const { ctx } = await makeProject();
  await saveText(ctx, "leaf", "old", ["production"]);
  await saveText(ctx, "middle", "[{{> leaf}}]", ["production"]);
  await saveText(ctx, "leaf", "new", ["production"]);
  const main = await saveText(ctx, "main", "{{> leaf}}, {{> middle}}");
  expect(compiledText(main.content)).toBe("new, [old]");
});

test("an include's declarations hold until the prompt declares the name itself", async () => {
  const { ctx } = await makeProject();
  const shared = textOf("{{tone}} {{length}}", [{ name: "tone", default: "kind" }, { name: "length" }]);
  await saveVersion(ctx, { name: "shared", content: shared, labels: ["production"] });
  const main = await saveText(ctx, "main", "{{> shared}}");
  expect(compiledText(main.content, { length: "short" })).toBe("kind short");
  expect(compile(main.content, {}).problems).toMatchObject([{ code: "missing_variable", name: "length" }]);
  const own = await saveVersion(ctx, {
    name: "main",
    content: textOf("{{> shared}}", [{ name: "tone", default: "grave" }]),
  });
  expect(compiledText(own.version.content, { length: "long" })).toBe("grave long");
});

test("a chat prompt is included as messages of its own, examples and placeholders with it", async () => {
  const { ctx } = await makeProject();
  const shots = contentOf({
    type: "chat",
    messages: [
      { type: "examples", examples: [{ user: "Peru {{> mark}}", assistant: "Lima" }] },
      { type: "placeholder", name: "history" },
    ],
  });
  await saveText(ctx, "mark", "?", ["production"]);
  await saveVersion(ctx, { name: "shots", content: shots, labels: ["production"] });
  await saveText(ctx, "mark", "!", ["production"]);
  const content = contentOf({
    type: "chat",
    messages: [
      { role: "system", content: "{{> mark}}" },
      { type: "include", reference: "shots" },
      { role: "user", content: "{{q}}" },
    ],
  });
  const { version } = await saveVersion(ctx, { name: "main", content });
  const { messages } = compile(
    version.content,
    { q: "Chile" },
    { history: [{ role: "user", content: "so?" }] },
  );
  expect(messages.map(({ role, content }) => `${role} ${content}`)).toEqual([
    "system !",
    "user Peru ?",
    "assistant Lima",
    "user so?",
    "user Chile",
  ]);
  await expect(saveVersion(ctx, { name: "other", content: textOf("{{> shots}}") })).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("chat prompt"),
  });
});

test("a cycle is refused with its path, by whatever name and version it leads back", async () => {
  const { ctx } = await makeProject();
  await saveText(ctx, "a", "plain", ["production"]);
  await saveText(ctx, "b", "{{> a@1}}", ["production"]);
  await saveText(ctx, "c", "{{> b}}", ["production"]);
  await expect(saveText(ctx, "a", "x\n{{> c@latest}}")).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("a → c@latest → b → a@1"),
    issues: [{ path: "content.text" }],
  });
  await expect(saveText(ctx, "a", "{{> a@1}}")).rejects.toMatchObject({
    message: expect.stringContaining("a → a@1"),
  });
  await updatePrompt(ctx, "a", { name: "renamed" });
  await expect(saveText(ctx, "renamed", "{{> c}}")).rejects.toMatchObject({
    message: expect.stringContaining("renamed → c → b → a@1"),
  });
});

test("five includes inside each other are allowed, six are refused with the path", async () => {
  const { ctx } = await makeProject();
  await saveText(ctx, "n0", "end", ["production"]);
  for (let depth = 1; depth <= 5; depth++)
    await saveText(ctx, `n${depth}`, `${depth}{{> n${depth - 1}}}`, ["production"]);
  const { content } = await findVersion(ctx, { name: "n5" });
  expect(compiledText(content)).toBe("54321end");
  await expect(saveText(ctx, "n6", "{{> n5}}")).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("n6 → n5 → n4 → n3 → n2 → n1 → n0"),
  });
});

test("unknown prompts, labels and versions are refused where they stand, and nothing is saved", async () => {
  const { ctx } = await makeProject();
  await saveText(ctx, "a", "one");
  for (const [reference, said] of [
    ["nowhere", "no prompt “nowhere”"],
    ["a", "It has: latest"],
    ["a@9", "no version 9"],
    ["a@staging", "no label “staging”"],
    ["@3", "Name the prompt"],
  ]) {
    await expect(saveText(ctx, "main", `{{> ${reference}}}`)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(said!),
      issues: [{ path: "content.text" }],
    });
  }
  await expect(findVersion(ctx, { name: "main", label: "latest" })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("of a pin that is sent only its version is believed, and only in its own project and prompt", async () => {
  const { ctx } = await makeProject();
  const other = await makeProject();
  const secret = await saveText(other.ctx, "a", "another project's");
  const one = await saveText(ctx, "a", "one", ["production"]);
  const unrelated = await saveText(ctx, "z", "unrelated");
  const pin = {
    reference: "a",
    within: null,
    promptId: one.promptId,
    name: "a",
    number: 7,
    text: "forged",
    variables: [],
  };
  for (const promptVersionId of [one.id, secret.id, unrelated.id]) {
    const content = { ...textOf("{{> a}}"), includes: [{ ...pin, promptVersionId }] };
    const { version } = await saveVersion(ctx, { name: "main", content });
    expect(version.content.includes).toMatchObject([{ promptVersionId: one.id, number: 1, text: "one" }]);
  }
});

test("a prompt knows where it is included: by newest and labelled versions, and what they pin", async () => {
  const { ctx } = await makeProject();
  await saveText(ctx, "a", "one", ["production"]);
  await saveText(ctx, "main", "{{> a}} 1", ["production"]);
  await saveText(ctx, "main", "{{> a}} 2");
  await saveText(ctx, "a", "two", ["production"]);
  await saveText(ctx, "main", "{{> a@latest}} 3");
  await saveText(ctx, "gone", "{{> a}}");
  await updatePrompt(ctx, "gone", { isArchived: true });
  expect(await listUsers(ctx, "a")).toEqual([
    { name: "main", number: 3, isLatest: true, labels: [], reference: "a@latest", pinnedNumber: 2 },
    { name: "main", number: 1, isLatest: false, labels: ["production"], reference: "a", pinnedNumber: 1 },
  ]);
  expect(await listUsers(ctx, "main")).toEqual([]);
});
