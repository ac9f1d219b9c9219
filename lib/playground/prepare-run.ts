import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { type OpenConnection, openConnection } from "#lib/models/open-connection.ts";
import type { SamplingParameters } from "#lib/models/parameters.ts";
import type { PriceRow } from "#lib/models/price-table.ts";
import { loadPriceOverrides } from "#lib/models/prices.ts";
import { findModelVersion } from "#lib/models/queries.ts";
import type { ModelVersion } from "#lib/models/schema.ts";
import { effectiveParameters } from "./effective-parameters.ts";
import { findSameVersion, type SameVersion } from "./find-same-version.ts";
import {
  type CellChoice,
  type PlaygroundRow,
  type PlaygroundRun,
  type PlaygroundRunInput,
  playgroundRunInput,
  type RunColumn,
} from "./schema.ts";
import { callLimit, cellKey } from "./words.ts";

export type OpenModel = { version: ModelVersion; connection: OpenConnection };

export type PreparedColumn = RunColumn & {
  model: OpenModel;
  parameters: SamplingParameters;
  /** The saved version with exactly this content. */
  version: SameVersion | null;
};

export type PreparedCell = CellChoice & { key: string; column: PreparedColumn; row: PlaygroundRow };

/** All that a run needs, read once. */
export type PreparedRun = Pick<PlaygroundRun, "runId" | "seed" | "toolAnswers"> & {
  ctx: Context;
  cells: PreparedCell[];
  /** Whether these are all the cells that the columns, rows and samples make. */
  isWhole: boolean;
  simulator: OpenModel | null;
  prices: PriceRow[];
};

/**
 * Checks a run and reads what it needs, before anything is called. Needs `deployments:invoke` and `traces:write`.
 * Throws `invalid_input` (over 300 calls, a cell that is not there), `not_found`, `conflict` (an archived connection).
 */
export async function prepareRun(ctx: Context, input: PlaygroundRunInput): Promise<PreparedRun> {
  requireScope(ctx, "deployments:invoke");
  requireScope(ctx, "traces:write");
  const run = playgroundRunInput.parse(input);
  const models = new Map<string, Promise<OpenModel>>();
  const open = (id: string) => {
    const opened = models.get(id) ?? openModel(ctx, id);
    models.set(id, opened);
    return opened;
  };
  const columns = await Promise.all(
    run.columns.map(async (column): Promise<PreparedColumn> => {
      const model = await open(column.modelVersionId);
      return {
        ...column,
        model,
        parameters: effectiveParameters(
          model.version.parameters,
          column.content.parameters,
          column.overrides,
        ),
        version: await findSameVersion(ctx, column.content, column.origin?.promptName ?? null),
      };
    }),
  );
  const cells = cellsOf(run, columns);
  if (cells.length > callLimit) {
    throw new AppError(
      "invalid_input",
      `This would make ${cells.length} calls; the playground makes at most ${callLimit} at once. For more, start an evaluation.`,
    );
  }
  return {
    ctx,
    runId: run.runId,
    seed: run.seed,
    toolAnswers: run.toolAnswers,
    cells,
    isWhole: run.cells === undefined,
    simulator: run.simulatorId ? await open(run.simulatorId) : null,
    prices: await loadPriceOverrides(ctx.projectId),
  };
}

async function openModel(ctx: Context, id: string): Promise<OpenModel> {
  const version = await findModelVersion(ctx, id);
  return { version, connection: await openConnection(ctx, version.connection.id) };
}

/** Row by row, and in each row column by column: the answers that are compared come together. */
function cellsOf(run: PlaygroundRun, columns: readonly PreparedColumn[]): PreparedCell[] {
  const chosen: CellChoice[] =
    run.cells ??
    run.rows.flatMap((row) =>
      Array.from({ length: run.samples }, (_, sample) =>
        columns.map((column) => ({ columnId: column.id, rowId: row.id, sample, since: [] })),
      ).flat(),
    );
  return chosen.map((cell, index) => {
    const column = columns.find((each) => each.id === cell.columnId);
    const row = run.rows.find((each) => each.id === cell.rowId);
    if (column && row) return { ...cell, key: cellKey(cell), column, row };
    const message = `There is no ${column ? `row “${cell.rowId}”` : `column “${cell.columnId}”`} in this run.`;
    throw new AppError("invalid_input", message, { issues: [{ path: `cells.${index}`, message }] });
  });
}
