import { expect, test } from "vitest";
import { useDatabase } from "#lib/testing/database.ts";
import { auth, makeSignInLink } from "./auth.ts";
import { findKeyContext } from "./find-key-context.ts";
import { findMembership } from "./find-session-context.ts";
import { isSetUp, setUp } from "./set-up.ts";

useDatabase();

const owner = {
  name: "Ada",
  email: "ada@example.com",
  password: "correct horse battery",
  projectName: "Geo Quiz",
};

test("set-up makes an owner who can sign in, a project and a key that works, and works once", async () => {
  expect(await isSetUp()).toBe(false);
  const { project, key } = await setUp(owner);
  expect(project.slug).toBe("geo-quiz");
  expect((await findKeyContext(key.secretKey, key.publicKey))?.projectId).toBe(project.id);
  expect(await findKeyContext(key.secretKey, "pk-stemma-other")).toBeNull();
  await expect(setUp(owner)).rejects.toMatchObject({ code: "conflict" });

  const signedIn = await auth().api.signInEmail({ body: owner, asResponse: true });
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const membership = await findMembership(new Headers({ cookie }), "geo-quiz");
  expect(membership?.role).toBe("owner");
  expect(await findMembership(new Headers({ cookie }), "elsewhere")).toBeNull();
});

test("a wrong password is refused", async () => {
  await expect(
    auth().api.signInEmail({ body: { email: owner.email, password: "wrong wrong wrong" } }),
  ).rejects.toMatchObject({ statusCode: 401 });
});

test("nobody signs up without an invitation", async () => {
  await expect(
    auth().api.signUpEmail({
      body: { name: "Eve", email: "eve@example.com", password: "correct horse battery" },
    }),
  ).rejects.toThrow();
});

test("a sign-in link signs in once", async () => {
  const link = await makeSignInLink(owner.email, "/geo-quiz/traces");
  const follow = () => auth().handler(new Request(link));
  const first = await follow();
  expect(first.headers.get("set-cookie")).toContain("session_token");
  expect(first.headers.get("location")).toContain("/geo-quiz/traces");
  const second = await follow();
  expect(second.headers.get("set-cookie") ?? "").not.toContain("session_token=ey");
  expect(second.headers.get("location")).toContain("error");
});
