import type { Metadata } from "next";
import type { DatasetChoice } from "#components/evaluations/start-choices.ts";
import { Playground } from "#components/playground/playground.tsx";
import type { PlaygroundActions } from "#components/playground/playground-actions.ts";
import type { PlaygroundData } from "#components/playground/playground-data.ts";
import { type Context, hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { listDatasets } from "#lib/datasets/queries.ts";
import { requirePage } from "#lib/http/page.ts";
import { listModelVersions } from "#lib/models/queries.ts";
import { emptySetup, isBadLink, openSetup, type SetupLink } from "#lib/playground/open-setup.ts";
import { readRows } from "#lib/playground/read-rows.ts";
import { restoreCells } from "#lib/playground/restore-cells.ts";
import type { OpenedSetup } from "#lib/playground/restore-span.ts";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import { findOptionalSetup, type StoredCells } from "#lib/playground/store/setups.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { listScoreNames } from "#lib/scores/queries.ts";
import * as server from "./actions.ts";

export const metadata: Metadata = { title: "Playground" };

type PlaygroundPageProps = {
  params: Promise<{ project: string }>;
  /** See SetupLink: a span, a draft, a prompt and version, a model version, a dataset version. */
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function PlaygroundPage({ params, searchParams }: PlaygroundPageProps) {
  const { ctx, project } = await requirePage((await params).project);
  const link = linkOf(await searchParams);
  const stored = await findOptionalSetup(ctx);
  const opened = await openLink(ctx, link, stored?.setup ?? null);
  const isOpened = opened !== null && "setup" in opened;
  const setup = isOpened ? opened.setup : (stored?.setup ?? (await emptySetup(ctx)));
  const [models, datasets, answers, rows, saved, scoreNames] = await Promise.all([
    listModelVersions(ctx),
    datasetChoices(ctx),
    stored ? restoreCells(ctx, cellsOf(setup, stored.cells)) : {},
    rowsOf(ctx, setup),
    savedContents(ctx, setup),
    listScoreNames(ctx),
  ]);
  const data: PlaygroundData = {
    slug: project.slug,
    setup: rows === "gone" ? { ...setup, dataset: null } : setup,
    isStored: stored !== null && !isOpened && rows !== "gone",
    previous: isOpened ? (stored?.setup ?? null) : null,
    notes: [
      ...(opened?.notes ?? []),
      ...(rows === "gone" ? ["The dataset of this set-up is not there any more."] : []),
    ],
    answers,
    rows: rows === "gone" ? null : rows,
    saved,
    models: models.filter((model) => model.stage !== "Archived"),
    datasets,
    scoreNames,
    canRun: hasScope(ctx, "deployments:invoke") && hasScope(ctx, "traces:write"),
    canWritePrompts: hasScope(ctx, "prompts:write"),
    canKeep: hasScope(ctx, "evaluations:write"),
  };
  return <Playground key={JSON.stringify(link)} data={data} actions={actionsOf(project.slug)} />;
}

/** What the link asks for; a link that cannot be followed says why, and the page shows what was there before. */
async function openLink(
  ctx: Context,
  link: SetupLink,
  current: PlaygroundSetup | null,
): Promise<OpenedSetup | { notes: string[] } | null> {
  try {
    return await openSetup(ctx, link, current);
  } catch (error) {
    if (isBadLink(error)) return { notes: [`The link could not be opened. ${error.message}`] };
    throw error;
  }
}

function linkOf(query: Record<string, string | string[] | undefined>): SetupLink {
  const link: SetupLink = {};
  for (const name of ["span", "draft", "prompt", "version", "model", "dataset"] as const) {
    const [value] = [query[name]].flat();
    if (value) link[name] = value;
  }
  return link;
}

/** Answers of columns that are gone stay where they are: in their traces. */
function cellsOf(setup: PlaygroundSetup, cells: StoredCells): StoredCells {
  const ids = new Set(setup.columns.map((column) => column.id));
  return Object.fromEntries(Object.entries(cells).filter(([key]) => ids.has(key.split("/")[0]!)));
}

async function rowsOf(ctx: Context, setup: PlaygroundSetup): Promise<PlaygroundData["rows"] | "gone"> {
  if (!setup.dataset) return null;
  try {
    return await readRows(ctx, setup.dataset);
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return "gone";
    throw error;
  }
}

/** The contents that columns were started from, as far as they still are there. */
async function savedContents(ctx: Context, setup: PlaygroundSetup): Promise<Record<string, PromptContent>> {
  const found = await Promise.all(
    setup.columns.map(async ({ origin }): Promise<[string, PromptContent][]> => {
      if (!origin) return [];
      try {
        const { content } = await findVersion(ctx, { name: origin.promptName, version: origin.number });
        return [[`${origin.promptName}@${origin.number}`, content]];
      } catch (error) {
        if (isAppError(error) && error.code === "not_found") return [];
        throw error;
      }
    }),
  );
  return Object.fromEntries(found.flat());
}

async function datasetChoices(ctx: Context): Promise<DatasetChoice[]> {
  const { data } = await listDatasets(ctx, { limit: 200 });
  return data.flatMap(({ name, latest }) =>
    latest ? [{ versionId: latest.id, label: `${name} v${latest.number}`, itemCount: latest.itemCount }] : [],
  );
}

function actionsOf(slug: string): PlaygroundActions {
  return {
    keepSetup: server.keepSetup.bind(null, slug),
    readRows: server.readDatasetRows.bind(null, slug),
    loadVersion: server.loadVersion.bind(null, slug),
    listPrompts: server.listPrompts.bind(null, slug),
    resolveIncludes: server.resolvePromptIncludes.bind(null, slug),
    estimate: server.estimateCalls.bind(null, slug),
    keepAnswers: server.keepAnswers.bind(null, slug),
    saveColumn: server.saveColumn.bind(null, slug),
    startEvaluation: server.startColumnsEvaluation.bind(null, slug),
    score: server.scoreAnswer.bind(null, slug),
  };
}
