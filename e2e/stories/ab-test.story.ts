import { expect, type Page, test } from "@playwright/test";
import OpenAI from "openai";
import { atOnce } from "../demo/at-once.ts";
import { readFacts } from "../demo/facts.ts";
import { owner, ownersApi } from "./owner.ts";

const api = ownersApi;

test("an A/B test is made, started, sent traffic, read, and its winner promoted", async ({ page }) => {
  await saveCandidates();

  await page.goto(`/${owner.slug}/ab-tests/new`);
  await page.getByLabel("Name", { exact: true }).fill("Only the name");
  await expect(page.getByLabel("Key")).toHaveValue("only-the-name");
  for (const [letter, version] of [
    ["A", "quiz/style v1"],
    ["B", "quiz/style v2"],
  ] as const) {
    const variant = page.getByRole("group", { name: `Variant ${letter}` });
    await choose(page, variant.getByLabel("Prompt version"), version);
    await choose(page, variant.getByLabel("Model version"), "style-model v1");
  }
  await page.getByRole("radio", { name: /Better quality/ }).click();
  await page.getByLabel("Score that measures quality").fill("helpful");
  // 260 people are too few to show that guardrails hold; with them the verdict would rightly wait.
  const removals = page.getByRole("group", { name: "Guardrails" }).getByRole("button", { name: /^Remove/ });
  for (let left = await removals.count(); left > 0; left--) {
    await removals.first().click();
    await expect(removals).toHaveCount(left - 1);
  }
  await page.getByLabel("Runs at least, days").fill("0");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("heading", { name: "Only the name" })).toBeVisible();

  await page.getByRole("button", { name: "Start test" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Start (the test|all the same)$/ })
    .click();
  await expect(page.getByText("Running", { exact: true })).toBeVisible();

  await api().post("/api/v1/deployments", { name: "quiz-style", abTestKey: "only-the-name" });
  await sendTraffic();

  await page.reload();
  const verdict = page.getByLabel("Verdict");
  await expect(verdict).toContainText("B is better than A");
  await expect(page.locator("main")).toContainText("260");
  await page.getByRole("button", { name: /^Promote/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why").fill("People find the bare name more helpful");
  await dialog.getByRole("button", { name: "Promote B to production" }).click();
  await expect(page.getByText("Concluded", { exact: true })).toBeVisible();

  await page.goto(`/${owner.slug}/prompts/quiz/style`);
  await expect(page.getByText("People find the bare name more helpful").first()).toBeVisible();
});

/** A select is a button that opens a list; the option's own words choose it. */
async function choose(page: Page, select: ReturnType<Page["getByLabel"]>, option: string): Promise<void> {
  await select.click();
  await page.getByRole("option", { name: option }).click();
}

async function saveCandidates(): Promise<void> {
  const question = { role: "user", content: "What is the {{attribute}} of {{country}}?" };
  const save = (system: string, labels: string[]) =>
    api().post("/api/v1/prompts", {
      name: "quiz/style",
      content: { type: "chat", messages: [{ role: "system", content: system }, question] },
      labels,
    });
  await save("You are a helpful geography assistant.", ["production"]);
  await save("You are a geography expert. Answer with only the name: no sentence, no punctuation.", []);
  const connection = await api().post<{ id: string }>("/api/v1/connections", {
    name: "Rehearsal for styles",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  await api().post("/api/v1/models", { name: "style-model" });
  await api().post("/api/v1/models/style-model/versions", {
    connectionId: connection.id,
    providerModel: "rehearsal-large",
  });
}

/** 260 people ask once each, through the stock client; the bare, right name is what helps them. */
async function sendTraffic(): Promise<void> {
  const { origin, key } = api();
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: key });
  const facts = readFacts();
  const scores: { traceId: string; name: string; value: boolean; source: "api" }[] = [];
  const units = Array.from({ length: 260 }, (_, index) => `person-${index}`);
  await atOnce(units, 12, async (unit, index) => {
    const fact = facts[index % facts.length]!;
    const { data, response } = await client.chat.completions
      .create({
        model: "quiz-style",
        messages: [],
        metadata: { unit, variables: JSON.stringify(fact.input) },
      })
      .withResponse();
    const answer = data.choices[0]?.message.content ?? "";
    scores.push({
      traceId: response.headers.get("x-stemma-trace-id")!,
      name: "helpful",
      value: fact.expected.includes(answer),
      source: "api",
    });
  });
  // The gateway writes a trace after its answer; a score waits for no trace.
  await api().post("/api/v1/scores", scores);
}
