import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, expect, type Page, test } from "@playwright/test";
import OpenAI from "openai";
import { atOnce } from "../demo/at-once.ts";
import { readFacts } from "../demo/facts.ts";
import { exportCalls } from "./otlp.ts";
import { owner, ownersApi } from "./owner.ts";

const api = ownersApi;

test("a newcomer makes a test step by step, starts it, reads it live, promotes the winner and takes it back", async ({
  page,
}) => {
  await saveCandidates();

  await page.goto(`/${owner.slug}/ab-tests/new`);
  await page.getByLabel("Name", { exact: true }).fill("Only the name");
  await expect(page.getByLabel("Key")).toHaveValue("only-the-name");
  await page.getByLabel("What do you expect, and why?").fill("Bare answers are what people look for.");
  await next(page, "variants");
  for (const [letter, version] of [
    ["A", "quiz/style v1"],
    ["B", "quiz/style v2"],
  ] as const) {
    const variant = page.getByRole("group", { name: `Variant ${letter}` });
    await choose(page, variant.getByLabel("Prompt version"), version);
    await choose(page, variant.getByLabel("Model version"), "style-model v1");
  }
  await expect(page.getByText("What quiz/style v2 changes")).toBeVisible();

  // What was typed is still there after leaving the page.
  await page.goto(`/${owner.slug}/traces`);
  await page.goto(`/${owner.slug}/ab-tests/new`);
  await expect(page.getByText("This goes on where you left it")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Only the name");

  await page.getByRole("button", { name: /^Metrics/ }).click();
  await page.getByRole("radio", { name: /Better quality/ }).click();
  await page.getByLabel("Score that measures quality").fill("helpful");
  // 260 people are too few to show that guardrails hold; with them the verdict would rightly wait.
  const removals = page.getByRole("group", { name: "Guardrails" }).getByRole("button", { name: /^Remove/ });
  for (let left = await removals.count(); left > 0; left--) {
    await removals.first().click();
    await expect(removals).toHaveCount(left - 1);
  }
  await next(page, "rules");
  await page.getByLabel("Runs at least, days").fill("0");
  await next(page, "review");
  await expect(page.getByLabel("Checks before the launch")).toContainText("less than a week");
  await page.getByRole("button", { name: "Save and start" }).click();
  await expect(page.getByRole("heading", { name: "Only the name" })).toBeVisible();
  await expect(page.getByText("Running", { exact: true })).toBeVisible();

  await api().post("/api/v1/deployments", { name: "quiz-style", abTestKey: "only-the-name" });
  await sendTraffic();

  // Nobody reloads the page: it reads the numbers again by itself.
  const verdict = page.getByLabel("Verdict");
  await expect(verdict).toContainText("B is better than A", { timeout: 60_000 });
  await expect(page.getByLabel("Units per variant")).toContainText("A");
  // The same numbers as a table, at the press of a key; and the view is part of the address.
  await page.getByRole("button", { name: "Own unit" }).click();
  await expect(page).toHaveURL(/scale=absolute/);
  await page.getByRole("img", { name: /difference from A over time/ }).press("t");
  await expect(page.getByRole("table", { name: /over time$/ })).toContainText("better");
  await expect(page.getByText("Same question, furthest apart")).toBeVisible();

  await verdict.getByRole("button", { name: "Promote B" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("What moves")).toContainText("moves from version 1 to version 2");
  await expect(dialog.getByLabel("What moves")).toContainText("moves from stage None to Production");
  await expect(dialog.getByText("What changes for whoever reads")).toBeVisible();
  await dialog.getByLabel("Why").fill("People find the bare name more helpful");
  await dialog.getByRole("button", { name: "Promote B to production" }).click();
  await expect(page.getByText("Concluded", { exact: true })).toBeVisible();
  const labelled = await api().get<{ number: number }>("/api/v1/prompts/quiz%2Fstyle?label=production");
  expect(labelled).toMatchObject({ number: 2 });

  await verdict.getByRole("button", { name: "Roll back" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("goes back from version 2 to version 1");
  await page.getByRole("alertdialog").getByRole("button", { name: "Roll back" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
  await expect(page.getByText("Promotion rolled back")).toBeVisible();
  expect(await api().get("/api/v1/prompts/quiz%2Fstyle?label=production")).toMatchObject({ number: 1 });

  await page.goto(`/${owner.slug}/prompts/quiz/style`);
  await expect(page.getByText("People find the bare name more helpful").first()).toBeVisible();
});

test("against the verdict one member asks and another approves; both are in the log", async ({
  page,
  browser,
}) => {
  const key = await startTest("early-bird", "quiz/early");
  await page.goto(`/${owner.slug}/ab-tests/${key}`);
  await page.getByLabel("Verdict").getByRole("button", { name: "Promote…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why", { exact: true }).fill("The fair is tomorrow");
  await dialog.getByRole("button", { name: "Request approval of B" }).click();
  await expect(dialog.getByText("Needed to promote against the verdict.")).toBeVisible();
  await dialog.getByLabel(/Why all the same/).fill("We take the risk for a day");
  await dialog.getByRole("button", { name: "Request approval of B" }).click();
  const waiting = page.getByLabel("Promotion that waits");
  await expect(waiting).toContainText("Ada Lovelace asks to promote B");
  await expect(waiting).toContainText("Against the verdict: We take the risk for a day");
  await expect(waiting.getByRole("button", { name: "Approve" })).toHaveCount(0);

  const grace = await joinAsGrace(page, browser);
  await grace.goto(`/${owner.slug}/ab-tests/${key}`);
  await grace.getByLabel("Promotion that waits").getByRole("button", { name: "Approve" }).click();
  await grace.getByRole("dialog").getByLabel("Note").fill("Only until Friday");
  await grace.getByRole("dialog").getByRole("button", { name: "Approve and promote" }).click();
  await expect(grace.getByText("Concluded", { exact: true })).toBeVisible();
  await grace.context().close();

  await page.goto(`/${owner.slug}/ab-tests/${key}`);
  await expect(page.getByText("B promoted")).toBeVisible();
  const log = page.locator("#decisions");
  await expect(log).toContainText("Promotion asked for by Ada Lovelace");
  await expect(log).toContainText("Winner promoted by Grace Hopper");
  await expect(log).toContainText("against the verdict: We take the risk for a day) — Only until Friday");
});

test("a wrong split raises the alarm on the report, silences the verdict and tells a webhook, signed", async ({
  page,
}) => {
  const receiver = await listen();
  await page.goto(`/${owner.slug}/settings/webhooks`);
  await page.getByRole("button", { name: "Add webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill("http://169.254.169.254/latest/meta-data");
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  await expect(dialog.getByText(/is link-local or reserved/)).toBeVisible();
  await dialog.getByLabel("Address").fill(receiver.url);
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  const secret = (await dialog.getByText(/^whsec_/).textContent())!;
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByRole("table", { name: /^Deliveries/ })).toContainText("delivered");
  expect(receiver.received[0]).toMatchObject({ type: "webhook.test" });

  const key = await startTest("lopsided", "quiz/lopsided");
  const split = [
    ...Array.from({ length: 320 }, (_, index) => ({ unit: `left-${index}`, variant: "A" })),
    ...Array.from({ length: 140 }, (_, index) => ({ unit: `right-${index}`, variant: "B" })),
  ];
  await exportCalls(api(), key, split);
  await page.goto(`/${owner.slug}/ab-tests/${key}`);
  await expect(page.getByLabel("Verdict")).toContainText("cannot be trusted");
  await expect(page.getByLabel("Verdict")).toContainText("A has 320 units where 230 were expected");
  await expect(page.getByLabel("Health", { exact: true })).toContainText("alarm");
  await expect.poll(() => receiver.received.map((event) => event.type)).toContain("ab_test.srm");
  const told = receiver.received.find((event) => event.type === "ab_test.srm")!;
  expect(told.data.abTest.key).toBe(key);
  expect(told.isSigned(secret)).toBe(true);
  await receiver.close();
});

/** The button at the foot of a step, which names the next one. */
async function next(page: Page, step: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^Next: ${step}`) }).click();
}

/** A running test of two versions of a prompt, made through the API. */
async function startTest(key: string, promptName: string): Promise<string> {
  const save = (system: string) =>
    api().post<{ id: string }>("/api/v1/prompts", {
      name: promptName,
      content: { type: "chat", messages: [{ role: "system", content: system }] },
    });
  const versions = [await save("Answer at length."), await save("Answer in a word.")];
  const connection = await api().post<{ id: string }>("/api/v1/connections", {
    name: `Rehearsal for ${key}`,
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  await api().post("/api/v1/models", { name: `${key}-model` });
  const model = await api().post<{ id: string }>(`/api/v1/models/${key}-model/versions`, {
    connectionId: connection.id,
    providerModel: "rehearsal-large",
  });
  await api().post("/api/v1/ab-tests", {
    key,
    name: key,
    variants: versions.map(({ id }) => ({ promptVersionId: id, modelVersionId: model.id })),
    metrics: { success: [{ metric: "latency_ms.p50" }] },
  });
  await api().post(`/api/v1/ab-tests/${key}/start`, { acceptsWarnings: true });
  return key;
}

/** Grace is invited, makes her account and is signed in, in a browser of her own. */
async function joinAsGrace(page: Page, browser: Browser): Promise<Page> {
  await page.goto(`/${owner.slug}/settings/members`);
  await page.getByRole("button", { name: "Invite member" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Email").fill("grace@example.com");
  await dialog.getByRole("button", { name: "Make link" }).click();
  const link = (await dialog
    .getByText(/\/invite\//)
    .first()
    .textContent())!.trim();
  await dialog.getByRole("button", { name: "Done" }).click();
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const grace = await context.newPage();
  await grace.goto(link);
  await grace.getByLabel("Your name").fill("Grace Hopper");
  await grace.getByLabel("Password").fill("nanoseconds matter");
  await grace.getByRole("button", { name: /^(Join|Make account)/ }).click();
  await expect(grace).toHaveURL(new RegExp(`/${owner.slug}`));
  return grace;
}

type Told = { type: string; data: { abTest: { key: string } }; isSigned: (secret: string) => boolean };

/** A receiver of webhooks on this machine. */
async function listen() {
  const received: Told[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = request.headers;
      const isSigned = (secret: string) => {
        const key = Buffer.from(secret.replace("whsec_", ""), "base64");
        return signature === `v1,${createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64")}`;
      };
      received.push({ ...JSON.parse(body), isSigned });
      response.writeHead(204);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}/hooks`, received, close };
}

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
