import { expect, type Locator, type Page, test } from "@playwright/test";
import { owner, ownersApi } from "./owner.ts";

type Model = { id: string };

/** Two models of the rehearsal provider: one fast, and one so slow that it can be stopped. */
async function prepare() {
  const api = ownersApi();
  const connection = await api.post<{ id: string }>("/api/v1/connections", {
    name: "Rehearsal for the playground",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  const register = async (name: string, providerModel: string) => {
    await api.post("/api/v1/models", { name });
    return api.post<Model>(`/api/v1/models/${name}/versions`, { connectionId: connection.id, providerModel });
  };
  const quick = await register("quick", "rehearsal-large@200x");
  const slow = await register("slow", "rehearsal-small@0.05x");
  await api.post("/api/v1/prompts", {
    name: "playground/capital",
    content: {
      type: "chat",
      messages: [
        { role: "system", content: "Answer with only the name." },
        { role: "user", content: "What is the capital of {{country}}?" },
      ],
      variables: [{ name: "country", example: "Norway" }],
      parameters: { temperature: 0 },
    },
  });
  return { api, quick, slow };
}

const column = (page: Page, letter: string) => page.getByRole("region", { name: `Column ${letter}` });
const answer = (page: Page, letter: string) =>
  page.getByRole("article", { name: `Answer of column ${letter}` });

async function retype(editor: Locator, text: string) {
  await editor.click();
  await editor.press("ControlOrMeta+a");
  await editor.pressSequentially(text);
}

test("prompts are compared in the playground: streamed, stopped, scored, kept, and opened again from a span", async ({
  page,
}) => {
  const { quick, slow } = await prepare();
  await page.goto(`/${owner.slug}/playground?prompt=playground/capital&model=${quick.id}`);
  await expect(column(page, "A").getByRole("heading")).toContainText("playground/capital v1");
  await expect(page.getByLabel("country")).toHaveValue("Norway");
  await expect(page).toHaveURL(new RegExp(`/${owner.slug}/playground$`));

  // Two columns: the second is edited and asked at the same time.
  await page.getByRole("button", { name: "Add column" }).click();
  await retype(column(page, "B").locator(".cm-content").first(), "Answer in one long and friendly sentence.");
  await expect(column(page, "B").getByText("edited", { exact: true })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(answer(page, "A")).toContainText("Oslo");
  await expect(answer(page, "A")).toContainText("tokens");
  await expect(answer(page, "B")).toContainText("tokens");

  // The words that differ are marked.
  await page.getByLabel("Compare answers with").click();
  await page.getByRole("option", { name: "Against A" }).click();
  await expect(answer(page, "B")).toContainText("Against A");
  await expect(answer(page, "B").locator("mark").first()).toBeVisible();
  await page.getByLabel("Compare answers with").click();
  await page.getByRole("option", { name: "No comparison" }).click();

  // A slow column is stopped alone; what it had said stays.
  await page.getByLabel("Model of column B").click();
  await page.getByRole("option", { name: /^slow/ }).click();
  await page.getByRole("button", { name: "Run 2 calls" }).click();
  await expect(answer(page, "A")).toContainText("Oslo");
  await answer(page, "B").getByRole("button", { name: "Stop" }).click();
  await expect(answer(page, "B")).toContainText("Stopped");
  await expect(page.getByRole("button", { name: "Run 2 calls" })).toBeVisible();

  // Scored and kept.
  await answer(page, "A").getByRole("button", { name: "Good answer" }).click();
  await expect(answer(page, "A").getByRole("button", { name: "Good answer" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await answer(page, "A").getByRole("button", { name: /^More/ }).click();
  await page.getByRole("menuitem", { name: "Keep as a dataset item…" }).click();
  await page.getByRole("dialog").getByLabel("Dataset").fill("good capitals");
  await page.getByRole("dialog").getByRole("button", { name: "Keep 1 item" }).click();
  await expect(page.getByText("Kept in good capitals, version 1")).toBeVisible();

  // A reload loses nothing: edits, answers and the thumb.
  await page.reload();
  await expect(column(page, "B").locator(".cm-content").first()).toContainText("long and friendly");
  await expect(answer(page, "A")).toContainText("Oslo");
  await expect(answer(page, "A").getByRole("button", { name: "Good answer" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await expect(answer(page, "B")).toContainText("Stopped");

  // The edited column becomes the prompt's next version.
  await column(page, "B").getByRole("button", { name: "More for column B" }).click();
  await page.getByRole("menuitem", { name: "Save as a version…" }).click();
  await page.getByRole("dialog").getByLabel("What changed and why").fill("Friendlier");
  await page.getByRole("dialog").getByRole("button", { name: "Save the next version" }).click();
  await expect(column(page, "B").getByRole("heading")).toContainText("playground/capital v2");

  // Its answer is a trace, and the trace opens as it was asked.
  await answer(page, "A").getByRole("button", { name: /^More/ }).click();
  await page.getByRole("menuitem", { name: "Open the trace" }).click();
  await expect(page).toHaveURL(/\/traces\/[0-9a-f]{32}\?span=[0-9a-f]{16}/);
  await expect(page.locator("main")).toContainText("Oslo");
  const [, traceId, spanId] = /traces\/([0-9a-f]{32})\?span=([0-9a-f]{16})/.exec(page.url())!;
  await page.goto(`/${owner.slug}/playground?span=${traceId}:${spanId}`);
  await expect(column(page, "A").getByRole("heading")).toHaveText(/playground\/capital v1$/);
  await expect(column(page, "A").locator(".cm-content").nth(1)).toContainText("{{country}}");
  await expect(page.getByLabel("country")).toHaveValue("Norway");
  await expect(column(page, "A").getByText("temperature 0", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Go back to what was here before" }).click();
  await expect(column(page, "B").getByRole("heading")).toContainText("playground/capital v2");
  expect(slow.id).not.toBe(quick.id);
});

test("a dataset's items are rows, a tool is answered by hand, and an error says what to change", async ({
  page,
}) => {
  const { api, quick } = await prepareTools();
  await page.goto(`/${owner.slug}/playground?prompt=playground/weather&model=${quick.id}`);
  await page.getByRole("button", { name: "Run 1 call" }).click();
  await expect(answer(page, "A")).toContainText("Waits for a tool's answer");
  await answer(page, "A").getByLabel("Answer of weather").fill("18 degrees and fog");
  await answer(page, "A").getByRole("button", { name: "Go on with this answer" }).click();
  await expect(answer(page, "A")).toContainText("According to the tool, the result is: 18 degrees and fog");

  await page.getByLabel("Model of column A").click();
  await page.getByRole("option", { name: /^missing/ }).click();
  await page.getByRole("button", { name: "Run 1 call" }).click();
  await expect(answer(page, "A")).toContainText("does not exist");
  await expect(answer(page, "A").getByRole("link", { name: "Open the models" })).toBeVisible();

  await api.post("/api/v1/datasets", { name: "cities" });
  const items = ["Lima", "Oslo", "Rome"].map((city) => ({ input: { city } }));
  await api.post("/api/v1/datasets/cities/items", { items, mode: "replace" });
  await page.reload();
  await page.getByLabel("Inputs").click();
  await page.getByRole("option", { name: /cities/ }).click();
  await expect(page.getByRole("heading", { name: "city: Rome" })).toBeVisible();
  await page.getByLabel("Who answers weather").click();
  await page.getByRole("option", { name: /A saved answer/ }).click();
  await page.getByLabel("Saved answer of weather").fill("sunny");
  await page.getByLabel("Model of column A").click();
  await page.getByRole("option", { name: /^steady/ }).click();
  await page.getByRole("button", { name: "Run 3 calls" }).click();
  await expect(answer(page, "A").filter({ hasText: "the result is: sunny" })).toHaveCount(3);
});

async function prepareTools() {
  const api = ownersApi();
  const connection = await api.post<{ id: string }>("/api/v1/connections", {
    name: "Rehearsal for tools",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  const register = async (name: string, providerModel: string) => {
    await api.post("/api/v1/models", { name });
    return api.post<Model>(`/api/v1/models/${name}/versions`, { connectionId: connection.id, providerModel });
  };
  const quick = await register("steady", "rehearsal-large@200x");
  await register("missing", "rehearsal-huge");
  await api.post("/api/v1/prompts", {
    name: "playground/weather",
    content: {
      type: "chat",
      messages: [{ role: "user", content: "What is the weather in {{city}}?" }],
      variables: [{ name: "city", example: "Lima" }],
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            description: "The weather in a city",
            parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
          },
        },
      ],
    },
  });
  return { api, quick };
}
