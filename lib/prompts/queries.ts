import { now } from "#lib/core/clock.ts";
import type { Context } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import { Prisma } from "#lib/db/generated/client.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import type { LabelPointer, Prompt, PromptContent, PromptVersion, PromptVersionSummary } from "./schema.ts";

export type PromptRow = { id: string; name: string; type: "chat" | "text" };

const versionColumns = {
  id: true,
  promptId: true,
  number: true,
  digest: true,
  message: true,
  authorId: true,
  authorName: true,
  parentId: true,
  createdAt: true,
  prompt: { select: { name: true, type: true } },
  labels: { select: { name: true }, orderBy: { name: "asc" } },
} satisfies Prisma.PromptVersionSelect;

const withContent = { ...versionColumns, content: true } satisfies Prisma.PromptVersionSelect;

type VersionRow = Prisma.PromptVersionGetPayload<{ select: typeof versionColumns }>;

function summaryOf(row: VersionRow): PromptVersionSummary {
  const { prompt, labels, createdAt, ...rest } = row;
  return {
    ...rest,
    name: prompt.name,
    type: prompt.type as "chat" | "text",
    createdAt: createdAt.toISOString(),
    labels: labels.map((label) => label.name),
  };
}

/** A content for its column, which is json: the order of a schema's properties is kept. */
export function toColumn(content: PromptContent): Prisma.InputJsonValue {
  return content as unknown as Prisma.InputJsonValue;
}

/** The content back from its column, which only `toColumn` writes. */
export function fromColumn(column: Prisma.JsonValue): PromptContent {
  return column as PromptContent;
}

/** The prompt of this name, or the one that once had it; null if there is none. */
export async function findOptionalPromptRow(
  db: Transaction,
  ctx: Context,
  name: string,
): Promise<(PromptRow & { archivedAt: Date | null }) | null> {
  const select = { id: true, name: true, type: true, archivedAt: true };
  const found = await db.prompt.findUnique({
    where: { projectId_name: { projectId: ctx.projectId, name } },
    select,
  });
  if (found) return found as PromptRow & { archivedAt: Date | null };
  const redirect = await db.promptRedirect.findUnique({
    where: { projectId_name: { projectId: ctx.projectId, name } },
  });
  if (!redirect) return null;
  const renamed = await db.prompt.findUnique({ where: { id: redirect.promptId }, select });
  return renamed as (PromptRow & { archivedAt: Date | null }) | null;
}

/** Makes the prompt unless its name is taken; two at once make one. */
export async function insertPromptIfAbsent(
  tx: Transaction,
  ctx: Context,
  prompt: { name: string; type: string; tags: string[] },
): Promise<void> {
  await tx.$executeRaw`
    insert into prompt (id, project_id, name, type, tags, created_at, updated_at)
    values (${newId()}::uuid, ${ctx.projectId}::uuid, ${prompt.name}, ${prompt.type}, ${prompt.tags}, ${now()}, ${now()})
    on conflict (project_id, name) do nothing`;
}

/** Holds the prompt's row until the transaction ends: whoever numbers versions or moves labels waits here. */
export async function lockPrompt(tx: Transaction, promptId: string): Promise<void> {
  await tx.$queryRaw`select id from prompt where id = ${promptId}::uuid for update`;
}

/** The version that a condition picks, the newest first; null if there is none. */
export async function findOptionalVersionRow(
  db: Transaction,
  where: Prisma.PromptVersionWhereInput,
): Promise<PromptVersion | null> {
  const row = await db.promptVersion.findFirst({ where, select: withContent, orderBy: { number: "desc" } });
  return row && { ...summaryOf(row), content: fromColumn(row.content) };
}

/** Versions without their contents, the newest first. */
export async function listVersionRows(
  db: Transaction,
  where: Prisma.PromptVersionWhereInput,
  limit: number,
): Promise<PromptVersionSummary[]> {
  const rows = await db.promptVersion.findMany({
    where,
    select: versionColumns,
    orderBy: { number: "desc" },
    take: limit,
  });
  return rows.map(summaryOf);
}

type PromptListRow = {
  id: string;
  name: string;
  type: "chat" | "text";
  description: string;
  tags: string[];
  created_at: Date;
  updated_at: Date;
  archived_at: Date | null;
  version_count: number;
  latest_number: number;
  latest_message: string;
  latest_author_name: string;
  labels: { name: string; number: number; movedAt: string; movedByName: string }[];
};

export type PromptFilter = {
  id?: string;
  /** Names below this folder. */
  folder?: string;
  /** Only names directly in the folder. */
  isDirect?: boolean;
  search?: string;
  label?: string;
  tag?: string;
  isArchived?: boolean;
  afterName?: string;
  limit: number;
};

/** Prompts by name, each with its newest version and its labels. `search` looks in names and newest contents. */
export async function listPromptRows(ctx: Context, filter: PromptFilter): Promise<Prompt[]> {
  const conditions = [Prisma.sql`p.project_id = ${ctx.projectId}::uuid`];
  if (filter.id) conditions.push(Prisma.sql`p.id = ${filter.id}::uuid`);
  else
    conditions.push(
      filter.isArchived ? Prisma.sql`p.archived_at is not null` : Prisma.sql`p.archived_at is null`,
    );
  if (filter.folder) conditions.push(Prisma.sql`p.name like ${`${escapeLike(filter.folder)}/%`}`);
  if (filter.isDirect) {
    const start = filter.folder ? filter.folder.length + 2 : 1;
    conditions.push(Prisma.sql`position('/' in substr(p.name, ${start}::int)) = 0`);
  }
  if (filter.label) {
    conditions.push(
      Prisma.sql`exists (select 1 from prompt_label l where l.prompt_id = p.id and l.name = ${filter.label})`,
    );
  }
  if (filter.tag) conditions.push(Prisma.sql`${filter.tag} = any (p.tags)`);
  if (filter.search) {
    const pattern = `%${escapeLike(filter.search)}%`;
    // In the stored JSON text a search for a quote or a line break meets their escapes.
    const inContent = `%${escapeLike(JSON.stringify(filter.search).slice(1, -1))}%`;
    conditions.push(
      Prisma.sql`(p.name ilike ${pattern} or p.description ilike ${pattern} or v.content::text ilike ${inContent})`,
    );
  }
  if (filter.afterName) conditions.push(Prisma.sql`p.name > ${filter.afterName}`);
  const rows = await prisma().$queryRaw<PromptListRow[]>`
    select p.id, p.name, p.type, p.description, p.tags, p.created_at, p.updated_at, p.archived_at,
      (select count(*)::int from prompt_version c where c.prompt_id = p.id) as version_count,
      v.number as latest_number, v.message as latest_message, v.author_name as latest_author_name,
      coalesce((
        select json_agg(json_build_object('name', l.name, 'number', lv.number, 'movedAt', l.moved_at, 'movedByName', l.moved_by_name)
          order by l.name)
        from prompt_label l join prompt_version lv on lv.id = l.version_id where l.prompt_id = p.id
      ), '[]'::json) as labels
    from prompt p
    join lateral (
      select number, message, author_name, content from prompt_version x where x.prompt_id = p.id order by number desc limit 1
    ) v on true
    where ${Prisma.join(conditions, " and ")}
    order by p.name
    limit ${filter.limit}`;
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    type: row.type,
    description: row.description,
    tags: row.tags ?? [],
    labels: row.labels.map(
      (label): LabelPointer => ({ ...label, movedAt: new Date(label.movedAt).toISOString() }),
    ),
    versionCount: row.version_count,
    latestNumber: row.latest_number,
    latestMessage: row.latest_message,
    latestAuthorName: row.latest_author_name,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    archivedAt: row.archived_at?.toISOString() ?? null,
  }));
}

/** A version that includes a prompt. */
export type PromptUser = {
  name: string;
  number: number;
  isLatest: boolean;
  labels: string[];
  reference: string;
  /** The included prompt's version it is pinned to. */
  pinnedNumber: number;
};

/** The newest and the labelled versions, of prompts that are not archived, which include a prompt. */
export async function listUserRows(ctx: Context, promptId: string): Promise<PromptUser[]> {
  return await prisma().$queryRaw<PromptUser[]>`
    select p.name, v.number, v.number = newest.number as "isLatest", l.names as labels, i.reference,
      pinned.number as "pinnedNumber"
    from prompt_include i
    join prompt_version v on v.id = i.version_id
    join prompt p on p.id = v.prompt_id and p.archived_at is null
    join prompt_version pinned on pinned.id = i.included_version_id
    join lateral (select max(number) as number from prompt_version x where x.prompt_id = p.id) newest on true
    join lateral (
      select coalesce(array_agg(name order by name), '{}') as names from prompt_label where version_id = v.id
    ) l on true
    where i.project_id = ${ctx.projectId}::uuid and i.included_prompt_id = ${promptId}::uuid
      and (v.number = newest.number or l.names <> '{}')
    order by p.name, v.number desc, i.reference`;
}

export type PromptFolder = { path: string; promptCount: number };

/** The folders directly in a folder (or at the top), each with how many prompts are anywhere below it. */
export async function listFolderRows(ctx: Context, folder: string): Promise<PromptFolder[]> {
  const prefix = folder ? `${folder}/` : "";
  return await prisma().$queryRaw<PromptFolder[]>`
    select ${prefix} || split_part(substr(name, ${prefix.length + 1}::int), '/', 1) as path, count(*)::int as "promptCount"
    from prompt
    where project_id = ${ctx.projectId}::uuid and archived_at is null
      and name like ${`${escapeLike(prefix)}%`} and position('/' in substr(name, ${prefix.length + 1}::int)) > 0
    group by 1 order by 1`;
}

/** What can be filtered by: the labels and tags in use. */
export async function listFacetRows(ctx: Context): Promise<{ labels: string[]; tags: string[] }> {
  const labels = await prisma().promptLabel.findMany({
    where: { projectId: ctx.projectId },
    distinct: ["name"],
    select: { name: true },
    orderBy: { name: "asc" },
  });
  const tags = await prisma().$queryRaw<{ tag: string }[]>`
    select distinct unnest(tags) as tag from prompt
    where project_id = ${ctx.projectId}::uuid and archived_at is null order by 1`;
  return { labels: labels.map((each) => each.name), tags: tags.map((each) => each.tag) };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
