import type { Context } from "#lib/core/context.ts";
import { prisma } from "#lib/db/prisma.ts";
import { type BlamedText, blame } from "./blame.ts";
import { findVersion } from "./find-version.ts";
import { fromColumn } from "./queries.ts";

export type BlamedVersion = {
  texts: BlamedText[];
  /** The versions that lines came with, by number. */
  versions: Record<number, { message: string; authorName: string; createdAt: string }>;
  /** True if there are older versions that were not looked at: the oldest one stands for them. */
  isCut: boolean;
};

const mostVersions = 200;

/** Which version each line of a version came with, along the versions it was written from. */
export async function blameVersion(
  ctx: Context,
  input: { name: string; number: number },
): Promise<BlamedVersion> {
  const version = await findVersion(ctx, { name: input.name, version: input.number });
  const rows = await prisma().promptVersion.findMany({
    where: { promptId: version.promptId },
    select: { id: true, parentId: true, number: true, message: true, authorName: true, createdAt: true },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const line: typeof rows = [];
  const seen = new Set<string>();
  for (let at = byId.get(version.id); at && !seen.has(at.id); at = byId.get(at.parentId ?? "")) {
    seen.add(at.id);
    line.push(at);
  }
  const shown = line.slice(0, mostVersions).reverse();
  const contents = await prisma().promptVersion.findMany({
    where: { id: { in: shown.map((row) => row.id) } },
    select: { id: true, content: true },
  });
  const contentOf = new Map(contents.map((row) => [row.id, fromColumn(row.content)]));
  const texts = blame(shown.map(({ id, number }) => ({ number, content: contentOf.get(id)! })));
  const named = new Set(texts.flatMap((text) => text.lines.map((each) => each.number)));
  const versions = Object.fromEntries(
    shown
      .filter((row) => named.has(row.number))
      .map(({ number, message, authorName, createdAt }) => [
        number,
        { message, authorName, createdAt: createdAt.toISOString() },
      ]),
  );
  return { texts, versions, isCut: line.length > mostVersions };
}
