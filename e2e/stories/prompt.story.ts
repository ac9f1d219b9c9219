import { expect, test } from "@playwright/test";
import { owner } from "./owner.ts";

test("a prompt is written, saved as a version, changed, and the two are compared", async ({ page }) => {
  await page.goto(`/${owner.slug}/prompts`);
  await page.getByRole("button", { name: "New prompt" }).first().click();
  await page.getByLabel("Name").fill("quiz/capital");
  await page.getByRole("button", { name: "Create prompt" }).click();
  await expect(page.getByRole("heading", { name: "capital" })).toBeVisible();

  const user = page.locator(".cm-content").nth(1);
  await user.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("What is the capital of {{country}}?");
  await page.keyboard.press("ControlOrMeta+s");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What changed and why").fill("Ask for a country's capital");
  await dialog.getByRole("button", { name: "Save version 2" }).click();
  const versions = page.getByLabel("Versions, the newest first");
  await expect(versions.getByText("Ask for a country's capital")).toBeVisible();

  await page.goto(`/${owner.slug}/prompts/quiz/capital?compare=1..2`);
  await expect(page.locator("main")).toContainText("What is the capital of");
  await expect(page.locator("mark", { hasText: "country" }).filter({ visible: true }).first()).toBeVisible();
});
