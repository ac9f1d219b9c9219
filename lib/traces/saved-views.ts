import { z } from "zod";
import { type Context, hasScope, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { isUniqueViolation, prisma, type Transaction } from "#lib/db/prisma.ts";
import { recordAudit } from "#lib/projects/audit.ts";

/** What the list of traces shows, under a name. */
export type SavedView = {
  id: string;
  name: string;
  /** The query of the list's address, with its question mark; empty for the plain list. */
  query: string;
  isShared: boolean;
  isOwn: boolean;
  /** Whether the reader's list opens with it. */
  isDefault: boolean;
  /** Whether the reader may rename, change, share or delete it. */
  mayChange: boolean;
};

export const savedViewInput = z.object({
  name: z.string().trim().min(1, "Name the view.").max(100, "A name has at most 100 characters."),
  query: z
    .string()
    .max(4000)
    .regex(/^(\?.*)?$/s, "The query of a list's address."),
  isShared: z.boolean().optional(),
});
export type SavedViewInput = z.input<typeof savedViewInput>;

const page = "traces";

/** The reader's own views and those that are shared, by name. Needs `read`. */
export async function listSavedViews(ctx: Context): Promise<SavedView[]> {
  requireScope(ctx, "read");
  const rows = await prisma().savedView.findMany({
    where: { projectId: ctx.projectId, page, OR: [{ ownerId: ctx.actor.id }, { isShared: true }] },
    include: { defaults: { where: { projectId: ctx.projectId, userId: ctx.actor.id, page } } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  return rows.map((row) => toView(ctx, row));
}

/** Saves a view. Needs `read`; to share it, `traces:write`. Throws `conflict` where one has this name already. */
export async function createSavedView(ctx: Context, input: SavedViewInput): Promise<SavedView> {
  requireScope(ctx, "read");
  const data = savedViewInput.parse(input);
  if (data.isShared) requireScope(ctx, "traces:write");
  return refuseTwins(() =>
    prisma().$transaction(async (tx) => {
      const row = await tx.savedView.create({
        data: { id: newId(), projectId: ctx.projectId, page, ownerId: ctx.actor.id, ...data },
      });
      if (row.isShared) await audit(tx, ctx, "saved_view.created", row, null);
      return toView(ctx, { ...row, defaults: [] });
    }),
  );
}

/** Changes name, query or sharing. Throws `not_found`, `forbidden`, and `conflict` as above. */
export async function updateSavedView(
  ctx: Context,
  id: string,
  change: Partial<SavedViewInput>,
): Promise<void> {
  requireScope(ctx, "read");
  const data = savedViewInput.partial().parse(change);
  if (data.isShared) requireScope(ctx, "traces:write");
  await refuseTwins(() =>
    prisma().$transaction(async (tx) => {
      const before = await findChangeable(tx, ctx, id);
      const row = await tx.savedView.update({ where: { id }, data });
      if (before.isShared && !row.isShared) {
        // Nobody opens a list with a view that they can no longer see.
        await tx.defaultView.deleteMany({ where: { viewId: id, userId: { not: row.ownerId } } });
      }
      if (before.isShared || row.isShared) await audit(tx, ctx, "saved_view.changed", row, before);
    }),
  );
}

/** Throws `not_found` and `forbidden`. */
export async function deleteSavedView(ctx: Context, id: string): Promise<void> {
  requireScope(ctx, "read");
  await prisma().$transaction(async (tx) => {
    const before = await findChangeable(tx, ctx, id);
    await tx.savedView.delete({ where: { id } });
    if (before.isShared) await audit(tx, ctx, "saved_view.deleted", null, before);
  });
}

/** With which view the reader's list opens; null for the plain one. Throws `not_found`. */
export async function setDefaultView(ctx: Context, id: string | null): Promise<void> {
  requireScope(ctx, "read");
  const key = { projectId: ctx.projectId, userId: ctx.actor.id, page };
  if (id === null) {
    await prisma().defaultView.deleteMany({ where: key });
    return;
  }
  if (!(await listSavedViews(ctx)).some((view) => view.id === id)) throw notFound();
  await prisma().defaultView.upsert({
    where: { projectId_userId_page: key },
    create: { ...key, viewId: id },
    update: { viewId: id },
  });
}

type Row = { id: string; name: string; query: string; ownerId: string; isShared: boolean };

function toView(ctx: Context, row: Row & { defaults: readonly object[] }): SavedView {
  return {
    id: row.id,
    name: row.name,
    query: row.query,
    isShared: row.isShared,
    isOwn: row.ownerId === ctx.actor.id,
    isDefault: row.defaults.length > 0,
    mayChange: mayChange(ctx, row),
  };
}

const mayChange = (ctx: Context, row: Row) =>
  row.ownerId === ctx.actor.id || (row.isShared && hasScope(ctx, "admin"));

async function findChangeable(tx: Transaction, ctx: Context, id: string): Promise<Row> {
  const row = z.uuid().safeParse(id).success
    ? await tx.savedView.findFirst({ where: { id, projectId: ctx.projectId, page } })
    : null;
  if (!row || (row.ownerId !== ctx.actor.id && !row.isShared)) throw notFound();
  if (!mayChange(ctx, row)) {
    throw new AppError("forbidden", "Only its owner or an admin changes a shared view. Save it as your own.");
  }
  return row;
}

function audit(tx: Transaction, ctx: Context, action: string, row: Row | null, before: Row | null) {
  const { id, name } = (row ?? before)!;
  const told = (of: Row | null) => of && { name: of.name, query: of.query, isShared: of.isShared };
  return recordAudit(tx, ctx, {
    action,
    subjectType: "saved_view",
    subjectId: id,
    subjectName: name,
    before: told(before),
    after: told(row),
  });
}

async function refuseTwins<T>(save: () => Promise<T>): Promise<T> {
  try {
    return await save();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "You have a view of this name already.";
    throw new AppError("conflict", message, { cause: error, issues: [{ path: "name", message }] });
  }
}

const notFound = () => new AppError("not_found", "There is no such view in this project.");
