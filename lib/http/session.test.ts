import { expect, test } from "vitest";
import { auth } from "#lib/projects/auth.ts";
import { setUp } from "#lib/projects/set-up.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { api } from "./api.ts";

useDatabase();

test("a session's cookie reads from anywhere and changes things from our own pages only", async () => {
  const { project } = await setUp({
    name: "Ada",
    email: "ada@example.com",
    password: "correct horse battery",
    projectName: "Cookies",
  });
  const signedIn = await auth().api.signInEmail({
    body: { email: "ada@example.com", password: "correct horse battery" },
    asResponse: true,
  });
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const common = {
    cookie,
    host: "localhost",
    "x-stemma-project": project.slug,
    "content-type": "application/json",
  };
  const write = (headers: Record<string, string>) =>
    api.request("/api/v1/datasets", {
      method: "POST",
      headers: { ...common, ...headers },
      body: JSON.stringify({ name: "from a cookie" }),
    });
  expect((await api.request("/api/v1/datasets", { headers: common })).status).toBe(200);
  expect((await write({})).status).toBe(401);
  expect((await write({ origin: "https://evil.example" })).status).toBe(401);
  expect((await write({ origin: "http://localhost" })).status).toBeLessThan(300);
});
