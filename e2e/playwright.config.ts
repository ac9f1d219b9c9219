import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { baseUrl, sessionFile } from "./stories/owner.ts";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);

export default defineConfig({
  testDir: "stories",
  outputDir: ".results",
  // The stories share one server and two cores.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: baseUrl,
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "first run", testMatch: "first-run.setup.ts" },
    {
      name: "stories",
      testMatch: "*.story.ts",
      dependencies: ["first run"],
      use: { storageState: sessionFile },
    },
  ],
  webServer: {
    command: "sh e2e/server.sh",
    cwd: "..",
    url: `${baseUrl}/health`,
    timeout: 240_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
    stdout: "pipe",
  },
});
