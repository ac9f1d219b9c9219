import { expect, test } from "vitest";
import type { Context } from "#lib/core/context.ts";
import { scopesOfRole } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import {
  createSavedView,
  deleteSavedView,
  listSavedViews,
  setDefaultView,
  updateSavedView,
} from "./saved-views.ts";

useDatabase();

const as = (ctx: Context, id: string, role: "viewer" | "editor" = "editor"): Context => ({
  ...ctx,
  actor: { type: "user", id, name: id },
  scopes: scopesOfRole[role],
});

async function people() {
  const { ctx } = await makeProject();
  return { admin: ctx, ada: as(ctx, "ada"), ben: as(ctx, "ben"), viewer: as(ctx, "vic", "viewer") };
}

test("a view is its owner's until it is shared; two people may use one name, one person may not twice", async () => {
  const { ada, ben } = await people();
  const mine = await createSavedView(ada, { name: " Errors ", query: "?filter=status%3Aerror" });
  expect(mine).toMatchObject({ name: "Errors", isOwn: true, isShared: false, mayChange: true });
  await createSavedView(ben, { name: "Errors", query: "" });
  await expect(createSavedView(ada, { name: "Errors", query: "" })).rejects.toMatchObject({
    code: "conflict",
    issues: [{ path: "name" }],
  });
  expect(await listSavedViews(ben)).toHaveLength(1);
  await updateSavedView(ada, mine.id, { isShared: true });
  const seen = (await listSavedViews(ben)).find((view) => view.id === mine.id);
  expect(seen).toMatchObject({ isOwn: false, isShared: true, mayChange: false });
});

test("only its owner or an admin changes a shared view; a private one is not there for others", async () => {
  const { admin, ada, ben, viewer } = await people();
  const shared = await createSavedView(ada, { name: "Slow", query: "?filter=latency%3E2s", isShared: true });
  const own = await createSavedView(ada, { name: "Own", query: "" });
  await expect(updateSavedView(ben, shared.id, { name: "x" })).rejects.toMatchObject({ code: "forbidden" });
  await expect(deleteSavedView(ben, own.id)).rejects.toMatchObject({ code: "not_found" });
  await expect(deleteSavedView(ben, "no-uuid")).rejects.toMatchObject({ code: "not_found" });
  await expect(createSavedView(viewer, { name: "v", query: "", isShared: true })).rejects.toMatchObject({
    code: "forbidden",
  });
  expect((await createSavedView(viewer, { name: "v", query: "" })).isOwn).toBe(true);
  await updateSavedView(admin, shared.id, { name: "Slow ones" });
  await deleteSavedView(admin, shared.id);
  const audited = await prisma().auditEvent.findMany({
    where: { projectId: admin.projectId, subjectType: "saved_view" },
    orderBy: { id: "asc" },
  });
  expect(audited.map((event) => event.action)).toEqual([
    "saved_view.created",
    "saved_view.changed",
    "saved_view.deleted",
  ]);
});

test("each person has one default, which ends when the view is deleted or no longer shared with them", async () => {
  const { ada, ben } = await people();
  const first = await createSavedView(ada, { name: "1", query: "", isShared: true });
  const second = await createSavedView(ada, { name: "2", query: "", isShared: true });
  await setDefaultView(ada, first.id);
  await setDefaultView(ada, second.id);
  await setDefaultView(ben, first.id);
  const defaultsOf = async (ctx: Context) =>
    (await listSavedViews(ctx)).filter((view) => view.isDefault).map((view) => view.name);
  expect([await defaultsOf(ada), await defaultsOf(ben)]).toEqual([["2"], ["1"]]);
  await updateSavedView(ada, first.id, { isShared: false });
  expect(await defaultsOf(ben)).toEqual([]);
  await expect(setDefaultView(ben, first.id)).rejects.toMatchObject({ code: "not_found" });
  await deleteSavedView(ada, second.id);
  expect(await defaultsOf(ada)).toEqual([]);
  await setDefaultView(ada, first.id);
  await setDefaultView(ada, null);
  expect(await defaultsOf(ada)).toEqual([]);
});
