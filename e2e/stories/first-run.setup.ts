import { expect, test as setup } from "@playwright/test";
import { keepKey, owner, sessionFile } from "./owner.ts";

setup(
  "the first visit makes the owner, a project and a key that is shown once and works",
  async ({ page }) => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/setup$/);
    await expect(page.getByRole("heading", { name: "Set up Stemma" })).toBeVisible();

    await page.getByLabel("Your name").fill(owner.name);
    await page.getByLabel("Email").fill(owner.email);
    await page.getByLabel("Password").fill("short");
    await page.getByLabel("First project").fill(owner.projectName);
    await page.getByRole("button", { name: "Make account and project" }).click();
    await expect(page.getByRole("heading", { name: "Set up Stemma" })).toBeVisible();

    await page.getByLabel("Password").fill(owner.password);
    await page.getByRole("button", { name: "Make account and project" }).click();
    await expect(page.getByRole("heading", { name: "Your first API key" })).toBeVisible();
    const secretKey = (await page
      .getByText(/^sk-stemma-/)
      .first()
      .textContent())!;
    keepKey(secretKey);
    const answer = await page.request.get("/api/v1/prompts", {
      headers: { authorization: `Bearer ${secretKey}` },
    });
    expect(answer.status()).toBe(200);

    await page.goto(`/${owner.slug}/settings/api-keys`);
    await expect(page.getByText("First key")).toBeVisible();
    expect(await page.locator("body").textContent()).not.toContain(secretKey);
    await page.context().storageState({ path: sessionFile });
  },
);

setup(
  "set-up is closed afterwards; a wrong password is refused and the right one leads on",
  async ({ page }) => {
    await page.goto(`/${owner.slug}/prompts`);
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await page.getByLabel("Email").fill(owner.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("The email or the password is")).toBeVisible();
    await page.getByLabel("Password").fill(owner.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(new RegExp(`/${owner.slug}/prompts$`));

    await page.goto("/setup");
    await expect(page).not.toHaveURL(/\/setup$/);
  },
);
