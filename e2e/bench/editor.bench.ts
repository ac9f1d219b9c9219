import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import { type Api, connect } from "../demo/api.ts";

const port = 4179;
const origin = `http://localhost:${port}`;
const versionCount = 1_000;
const variableCount = 200;
const promptCharacters = 100_000;
const keystrokes = 120;
const openings = 7;

export type EditorResult = {
  /** All JavaScript the editor's page fetched until it was still, as it came over the wire. */
  javascriptKb: number;
  /** What of it the page asked for by itself, before any editor was drawn. */
  initialJavascriptKb: number;
  /** From a key going down to the frame that shows it, in a prompt of 100 kB with 200 variables; 16 ms is one frame. */
  typingP50Ms: number;
  typingP95Ms: number;
  typingMaxMs: number;
  /** From a click on the list to the history of a prompt with 1,000 versions, and to its text in an editor; medians. */
  openMs: number;
  openEditableMs: number;
  /** The same page asked for anew: until its first byte, and until its history is drawn. */
  firstByteMs: number;
  loadMs: number;
};

/** The prompt editor in Chromium, on a server of its own: what it ships, how fast it opens, whether typing lags. */
export async function run(): Promise<EditorResult> {
  const folder = await mkdtemp(join(tmpdir(), "stemma-editor-"));
  const server = start(folder);
  let browser: Browser | undefined;
  try {
    await untilHealthy(server);
    browser = await chromium.launch({
      executablePath: ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync),
      args: ["--no-sandbox", "--disable-background-networking"],
    });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const api = await setUp(context);
    console.error(`saving ${versionCount} versions and a prompt of ${promptCharacters} characters …`);
    await seed(api);
    return {
      ...(await measureScripts(context)),
      ...(await measureTyping(context)),
      ...(await measureOpening(context)),
    };
  } finally {
    await browser?.close();
    server.kill("SIGTERM");
    await new Promise((resolve) => server.once("exit", resolve));
    await rm(folder, { recursive: true, force: true });
  }
}

function start(folder: string): ChildProcess {
  return spawn(process.execPath, ["lib/server/main.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(port),
      STEMMA_DATA_DIR: folder,
      DATABASE_URL: "",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function untilHealthy(server: ChildProcess): Promise<void> {
  const until = performance.now() + 900_000;
  while (performance.now() < until) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const isUp = await fetch(`${origin}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("the server did not start within fifteen minutes");
}

async function setUp(context: BrowserContext): Promise<Api> {
  const page = await context.newPage();
  await page.goto(`${origin}/setup`);
  await page.getByLabel("Your name").fill("Bench");
  await page.getByLabel("Email").fill("bench@example.com");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByLabel("First project").fill("Bench");
  await page.getByRole("button", { name: "Make account and project" }).click();
  const key = await page
    .getByText(/^sk-stemma-/)
    .first()
    .textContent();
  await page.close();
  return connect(origin, key!);
}

async function seed(api: Api): Promise<void> {
  for (let number = 1; number <= versionCount; number++) {
    const content = { type: "text", text: `Version ${number}: {{question}}` };
    const message = `Change number ${number}`;
    const parentNumber = number > 10 && number % 7 === 0 ? number - 5 : undefined;
    await api.post("/api/v1/prompts", { name: "bench/history", content, message, parentNumber });
  }
  const variables = Array.from({ length: variableCount }, (_, index) => ({ name: `variable_${index}` }));
  const lines: string[] = [];
  for (let length = 0, index = 0; length < promptCharacters; index++) {
    const line = `- Rule ${index}: when {{${variables[index % variableCount]!.name}}} is given, <b>say</b> what it means, **briefly**.`;
    lines.push(line);
    length += line.length + 1;
  }
  await api.post("/api/v1/prompts", {
    name: "bench/large",
    content: {
      type: "chat",
      messages: [
        { role: "system", content: lines.join("\n") },
        { role: "user", content: "{{variable_0}}" },
      ],
      variables,
    },
  });
}

async function measureScripts(
  context: BrowserContext,
): Promise<Pick<EditorResult, "javascriptKb" | "initialJavascriptKb">> {
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.setCacheDisabled", { cacheDisabled: true });
  const scripts = new Map<string, string>();
  const sizes = new Map<string, number>();
  network.on("Network.responseReceived", ({ requestId, response, type }) => {
    if (type === "Script" || /\.js(\?|$)/.test(response.url)) scripts.set(requestId, response.url);
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
    sizes.set(requestId, encodedDataLength),
  );
  await page.goto(`${origin}/bench/prompts/bench/large`, { waitUntil: "load" });
  const named = new Set(
    await page.evaluate(() =>
      [...document.querySelectorAll("script[src]")].map((each) => (each as HTMLScriptElement).src),
    ),
  );
  await page.locator(".cm-content").first().waitFor();
  await page.waitForLoadState("networkidle");
  const sum = (urls: (url: string) => boolean) =>
    [...scripts].filter(([, url]) => urls(url)).reduce((total, [id]) => total + (sizes.get(id) ?? 0), 0);
  const result = {
    javascriptKb: kilobytes(sum(() => true)),
    initialJavascriptKb: kilobytes(sum((url) => named.has(url))),
  };
  await page.close();
  return result;
}

/** Event Timing's duration of each key: from its time stamp to the next paint, rounded to 8 ms. */
async function measureTyping(
  context: BrowserContext,
): Promise<Pick<EditorResult, "typingP50Ms" | "typingP95Ms" | "typingMaxMs">> {
  const page = await context.newPage();
  await page.goto(`${origin}/bench/prompts/bench/large`);
  const text = page.locator(".cm-content").first();
  await text.click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("End");
  await page.evaluate(() => {
    const durations: number[] = [];
    Object.assign(window, { durations });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === "keydown") durations.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  });
  for (let index = 0; index < keystrokes; index++) {
    await page.keyboard.press("abcdefghij "[index % 11]!);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(null))));
  }
  const slow = await page.evaluate(() => (window as unknown as { durations: number[] }).durations);
  await page.close();
  // What took less than the threshold is not reported: it was done within one frame.
  const all = [...Array.from({ length: Math.max(0, keystrokes - slow.length) }, () => 8), ...slow].sort(
    (a, b) => a - b,
  );
  return { typingP50Ms: at(all, 0.5), typingP95Ms: at(all, 0.95), typingMaxMs: at(all, 1) };
}

async function measureOpening(
  context: BrowserContext,
): Promise<Pick<EditorResult, "openMs" | "openEditableMs" | "firstByteMs" | "loadMs">> {
  const page = await context.newPage();
  const opened: number[] = [];
  const editable: number[] = [];
  const firstByte: number[] = [];
  const loaded: number[] = [];
  for (let index = 0; index < openings; index++) {
    await page.goto(`${origin}/bench/prompts?folder=bench`);
    await page.waitForLoadState("networkidle");
    const from = performance.now();
    await page.getByRole("link", { name: "history" }).first().click();
    await history(page).waitFor();
    opened.push(performance.now() - from);
    await page.locator(".cm-content").first().waitFor();
    editable.push(performance.now() - from);

    await page.goto(`${origin}/bench/prompts/bench/history`);
    await history(page).waitFor();
    const times = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      return { firstByte: navigation!.responseStart, loaded: navigation!.domContentLoadedEventEnd };
    });
    firstByte.push(times.firstByte);
    loaded.push(times.loaded);
  }
  await page.close();
  return {
    openMs: median(opened),
    openEditableMs: median(editable),
    firstByteMs: median(firstByte),
    loadMs: median(loaded),
  };
}

function history(page: Page) {
  return page.getByLabel("Versions, the newest first").getByText(`Change number ${versionCount}`);
}

const kilobytes = (bytes: number) => Math.round(bytes / 100) / 10;
const at = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
const median = (values: number[]) =>
  Math.round(
    at(
      values.toSorted((a, b) => a - b),
      0.5,
    ),
  );
