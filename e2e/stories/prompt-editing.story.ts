import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { owner, ownersApi } from "./owner.ts";

const pathOf = (name: string, query = "") => `/${owner.slug}/prompts/${name}${query}`;

async function saveAs(page: Page, message: string): Promise<void> {
  await page.keyboard.press("ControlOrMeta+s");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What changed and why").fill(message);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(dialog).toBeHidden();
}

const textOf = (text: string) => ({ type: "text", text });
const editorOf = (page: Page) => page.getByRole("textbox", { name: "Prompt text" });

test("what is wrong is underlined where it is, refuses the save, and is mended by its fix", async ({
  page,
}) => {
  await ownersApi().post("/api/v1/prompts", { name: "lint/me", content: textOf("Hello") });
  await page.goto(pathOf("lint/me"));
  const text = editorOf(page);
  await text.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Dear {{name}, {{#polite}}please");
  await page.keyboard.press("Escape");
  await expect(page.locator(".cm-lintRange-error").first()).toBeVisible();
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByText(/^Fix \d errors? first/)).toBeVisible();
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Dear {{name}}, {{#polite}}please");
  await page.keyboard.press("Escape");
  await expect(page.locator(".cm-lintRange-error")).toHaveText("{{#polite}}");
  await page.keyboard.press("ControlOrMeta+Shift+M");
  await page.getByRole("button", { name: "Add {{/polite}} at the end" }).click();
  await expect(text).toContainText("please{{/polite}}");
  await page.getByRole("button", { name: "Declare all" }).click();
  await expect(page.getByLabel("Type of polite")).toContainText("Boolean");
  await expect(page.locator(".cm-lintRange-error")).toHaveCount(0);
  await saveAs(page, "Greets by name");
  await expect(page.getByLabel("Versions, the newest first").getByText("Greets by name")).toBeVisible();
});

test("a prompt is included, pinned to its version, and updated when there is a newer one", async ({
  page,
}) => {
  const api = ownersApi();
  const saveTone = (text: string) =>
    api.post("/api/v1/prompts", {
      name: "shared/voice of v1.2",
      content: textOf(text),
      labels: ["production"],
    });
  await saveTone("Be kind.");
  await api.post("/api/v1/prompts", { name: "include/me", content: textOf("Hello") });
  await page.goto(pathOf("include/me"));
  await editorOf(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("{{> shared/voice");
  await page.getByRole("option", { name: "shared/voice of v1.2@production" }).click();
  await expect(editorOf(page)).toContainText("{{> shared/voice of v1.2@production}}");
  const pin = page.getByRole("listitem").filter({ hasText: "shared/voice of v1.2@production" });
  await expect(pin.getByRole("link", { name: "version 1" })).toBeVisible();
  await page.getByRole("tab", { name: "Preview" }).click();
  await expect(page.getByLabel("Compiled messages")).toContainText("Be kind.");
  await saveAs(page, "Kind");

  await saveTone("Be brief.");
  await page.goto(pathOf("include/me"));
  await expect(pin).toContainText("Update available: version 2");
  await page.getByRole("button", { name: "Update the include" }).click();
  await page.getByRole("tab", { name: "Preview" }).click();
  await expect(page.getByLabel("Compiled messages")).toContainText("Be brief.");
  await saveAs(page, "Brief");
  const first = await api.post<{ text: string }>("/api/v1/prompts/include%2Fme/compile?version=2", {});
  const second = await api.post<{ text: string }>("/api/v1/prompts/include%2Fme/compile?version=3", {});
  expect([first.text, second.text]).toEqual(["Be kind.", "Be brief."]);
  await page.goto(pathOf("shared/voice of v1.2"));
  await expect(page.getByRole("listitem").filter({ hasText: "include/me v3" })).toContainText(
    "pins version 2",
  );
});

test("someone saves meanwhile: it is told, both works are merged, and what both changed is asked", async ({
  page,
}) => {
  const api = ownersApi();
  const save = (text: string) => api.post("/api/v1/prompts", { name: "merge/me", content: textOf(text) });
  await save("First line.\n\nSecond line.\n\nThird line.");
  await page.goto(pathOf("merge/me"));
  const text = editorOf(page);
  await text.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("First line, mine.\n\nSecond line.\n\nThird line, mine.");
  await expect(page.getByText("Draft kept")).toBeVisible();
  await save("First line, theirs.\n\nSecond line, theirs.\n\nThird line.");
  await page.keyboard.type("!");
  await page.getByRole("button", { name: "Merge version 2 into your draft" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("1 place that you both changed: say what holds.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Use the merge" })).toBeDisabled();
  await dialog.getByRole("radio", { name: /Both, yours first/ }).check();
  await dialog.getByRole("button", { name: "Use the merge" }).click();
  await expect(text).toContainText("Third line, mine.!");
  await saveAs(page, "Both of us");
  const { content } = await api.get<{ content: { text: string } }>("/api/v1/prompts/merge%2Fme?label=latest");
  expect(content.text).toBe(
    "First line, mine.\nFirst line, theirs.\n\nSecond line, theirs.\n\nThird line, mine.!",
  );
});

test("a version is promoted with a reason, rolled back, and the moves stay in the history", async ({
  page,
}) => {
  const api = ownersApi();
  await api.post("/api/v1/prompts", { name: "promote/me", content: textOf("one"), labels: ["production"] });
  await api.post("/api/v1/prompts", { name: "promote/me", content: textOf("two") });
  await page.goto(pathOf("promote/me"));
  await page.getByRole("button", { name: "Promote version 2" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("What changes from version 1 to 2")).toBeVisible();
  await expect(dialog.getByText("No evaluation and no A/B test has tried these versions.")).toBeVisible();
  const move = dialog.getByRole("button", { name: "Move production to version 2" });
  await expect(move).toBeDisabled();
  await dialog.getByLabel("Reason").fill("Two is better than one");
  await move.click();
  await expect(page.getByText("production now points at version 2")).toBeVisible();
  await page.getByRole("button", { name: "Roll back to 1" }).click();
  await expect(page.getByText("production is back at version 1")).toBeVisible();
  const moves = page.getByLabel("Moves of labels, the newest first").getByRole("listitem");
  await expect(moves).toHaveCount(3);
  await expect(moves.nth(1)).toContainText("Two is better than one");
});

test("a protected label is refused to an editor, in the page and to a key", async ({ page, browser }) => {
  const api = ownersApi();
  await api.post("/api/v1/prompts", { name: "protected/one", content: textOf("one"), labels: ["frozen"] });
  await api.post("/api/v1/prompts", { name: "protected/one", content: textOf("two") });
  await page.goto(`/${owner.slug}/settings/labels`);
  await page.getByLabel("Label", { exact: true }).fill("frozen");
  await page.getByRole("button", { name: "Protect label" }).click();
  await expect(page.getByRole("row").filter({ hasText: "frozen" })).toBeVisible();

  await page.goto(`/${owner.slug}/settings/members`);
  await page.getByRole("button", { name: "Invite member" }).click();
  await page.getByRole("dialog").getByLabel("Email").fill("hedy@example.com");
  await page.getByRole("button", { name: "Make link" }).click();
  const link = await page.getByRole("dialog").locator("code").textContent();

  const context = await browser.newContext({ storageState: undefined });
  const editor = await context.newPage();
  await editor.goto(new URL(link!.trim()).pathname);
  await editor.getByLabel("Your name").fill("Hedy Lamarr");
  await editor.getByLabel("Password").fill("another long password");
  await editor.getByRole("button", { name: /^(Join|Make account)/ }).click();
  await expect(editor).toHaveURL(new RegExp(`/${owner.slug}`));
  await editor.goto(pathOf("protected/one"));
  await editor.getByRole("button", { name: "Promote version 2" }).click();
  await editor.getByRole("dialog").getByLabel("Label").click();
  await editor.getByRole("option", { name: /frozen/ }).click();
  await expect(editor.getByText("Protected: only admins and owners may move it.")).toBeVisible();
  await editor.getByRole("dialog").getByLabel("Reason").fill("All the same");
  await expect(editor.getByRole("button", { name: "Move frozen to version 2" })).toBeDisabled();
  await context.close();
});

test("a prompt leaves in every form and comes back", async ({ page }) => {
  await ownersApi().post("/api/v1/prompts", {
    name: "travel/far",
    content: {
      type: "chat",
      messages: [
        { role: "system", content: "Answer in {{language}}." },
        { role: "user", content: "{{question}}" },
      ],
      variables: [
        { name: "language", default: "English" },
        { name: "question", example: "Why?" },
      ],
      parameters: { temperature: 0.3 },
    },
  });
  for (const form of ["Stemma YAML", "Langfuse JSON", "promptfoo YAML", "Dotprompt file"]) {
    await page.goto(pathOf("travel/far"));
    await page.getByRole("button", { name: "More for this prompt" }).click();
    await page.getByRole("menuitem", { name: "Export…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Form").click();
    await page.getByRole("option", { name: form }).click();
    const leaving = page.waitForEvent("download");
    await dialog.getByRole("button", { name: /^Download/ }).click();
    const file = readFileSync(await (await leaving).path(), "utf8");

    await page.goto(`/${owner.slug}/prompts`);
    await page.getByRole("button", { name: "New prompt" }).first().click();
    await page.getByRole("button", { name: "Import…" }).click();
    await page.getByRole("textbox", { name: "Prompt" }).fill(file);
    await expect(page.getByText(`${form}: 2 messages, 2 variables, 0 tools.`)).toBeVisible();
    const name = `travelled/${form.split(" ")[0]!.toLowerCase()}`;
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Create prompt" }).click();
    await expect(page).toHaveURL(new RegExp(`${name}$`));
    await page.goto(pathOf(name));
    await expect(page.getByRole("textbox", { name: "Text of message 1, system" })).toContainText(
      "{{language}}",
    );
    await expect(page.getByLabel("Default of language")).toHaveValue("English");
  }
});
