import { expect, test } from "@playwright/test";
import { readFacts } from "../demo/facts.ts";
import { owner, ownersApi } from "./owner.ts";

test("an evaluation is started in the page and seen to finish", async ({ page }) => {
  const api = ownersApi();
  await api.post("/api/v1/datasets", { name: "capitals" });
  await api.post("/api/v1/datasets/capitals/items", { items: readFacts().slice(0, 24), mode: "replace" });
  await api.post("/api/v1/prompts", {
    name: "quiz/fact",
    content: {
      type: "chat",
      messages: [
        { role: "system", content: "Answer with only the name." },
        { role: "user", content: "What is the {{attribute}} of {{country}}?" },
      ],
    },
  });
  const connection = await api.post<{ id: string }>("/api/v1/connections", {
    name: "Rehearsal",
    provider: "rehearsal",
    baseUrl: "/rehearsal/v1",
  });
  for (const name of ["rehearsal-small", "rehearsal-large"]) {
    await api.post("/api/v1/models", { name });
    await api.post(`/api/v1/models/${name}/versions`, { connectionId: connection.id, providerModel: name });
  }

  await page.goto(`/${owner.slug}/evaluations/new`);
  await page.getByLabel("Name", { exact: true }).fill("Small against large");
  await page
    .getByRole("checkbox", { name: /version 1|v1/ })
    .first()
    .check();
  await page
    .getByRole("group", { name: /rehearsal-small/ })
    .getByRole("checkbox")
    .check();
  await page
    .getByRole("group", { name: /rehearsal-large/ })
    .getByRole("checkbox")
    .check();
  await page.getByLabel("Dataset version").click();
  await page.getByRole("option", { name: /capitals/ }).click();
  await page.getByRole("button", { name: "Start 48 calls" }).click();

  await expect(page.getByRole("heading", { name: "Small against large" })).toBeVisible();
  await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: 60_000 });
  const matrix = page.getByLabel("Candidates by metric");
  await expect(matrix.getByText("rehearsal-small", { exact: false }).first()).toBeVisible();
  await expect(matrix.getByText("Simulated").first()).toBeVisible();
  await expect(matrix).toContainText("n = 24");
});
