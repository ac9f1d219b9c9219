import { singleton } from "#lib/core/singleton.ts";
import { sql } from "#lib/db/postgres.ts";
import type { LogHistogram } from "#lib/stats/log-histogram.ts";
import type { StrayReason } from "../analysis.ts";
import type { Arm, Cells, MeasureCell } from "../cells.ts";
import type { Measure } from "../metrics.ts";
import { otherLevel } from "./count-units.ts";

/** Of the tests looked at last, by the fold they are of: most looks find that nothing has arrived since. */
const remembered = singleton("ab-cells", () => new Map<string, { version: number; cells: Promise<Cells> }>());
const rememberedLimit = 8;

/**
 * The sums of a test as last folded (see fold-pending.ts): a few thousand numbers, whatever the traffic. Empty for a
 * test that nothing has arrived for. Not to be changed: other looks may share them.
 */
export async function readCells(abTestId: string): Promise<Cells> {
  const [fold] = await sql()<
    { version: number }[]
  >`select version from ab_fold where ab_test_id = ${abTestId}`;
  const version = fold?.version ?? 0;
  const known = remembered.get(abTestId);
  remembered.delete(abTestId);
  // Cells that a fold makes newer while they are read are taken for older ones, and read again at the next look.
  const entry = known?.version === version ? known : { version, cells: loadCells(abTestId) };
  remembered.set(abTestId, entry);
  const [oldest] = remembered.keys();
  if (remembered.size > rememberedLimit && oldest) remembered.delete(oldest);
  entry.cells.catch(() => remembered.delete(abTestId));
  return entry.cells;
}

async function loadCells(abTestId: string): Promise<Cells> {
  const db = sql();
  const [[row], histograms, pasts] = await Promise.all([
    db<[{ cells: CellRow[]; lastTraceAt: Date | null; caps: Record<string, number> | null }]>`
      select coalesce(jsonb_agg(jsonb_build_array(dimension, level, phase, variant_key, measure,
          k, n, s::float8, nn, ss::float8, ns::float8, positive, not_binary)), '[]') as cells,
        (select last_trace_at from ab_fold where ab_test_id = ${abTestId}) as "lastTraceAt",
        (select caps from ab_fold where ab_test_id = ${abTestId}) as caps
      from ab_cell where ab_test_id = ${abTestId}`,
    db<HistogramRow[]>`
      select phase, variant_key, measure, array_send(buckets) as buckets, array_send(counts) as counts
      from ab_histogram where ab_test_id = ${abTestId}
      order by phase, variant_key, measure, jackknife`,
    db<PastRow[]>`
      select phase, variant_key, measure, x::float8, xx::float8, sx::float8, nx::float8, d::float8, dd::float8, sd::float8,
        nd::float8, xd::float8
      from ab_covariate where ab_test_id = ${abTestId}`,
  ]);
  const cells = { ...toCells(row.cells, row.lastTraceAt, histograms), caps: row.caps ?? {} };
  for (const { phase, variant_key: variantKey, measure, ...past } of pasts) {
    const arm = cells.arms.find((each) => each.phase === phase && each.variantKey === variantKey);
    const cell = arm?.measures.get(measure);
    if (cell) cell.past = past;
  }
  return cells;
}

type CellRow = [
  dimension: string,
  level: string,
  phase: number,
  variantKey: string,
  measure: string,
  k: number,
  n: number,
  s: number,
  nn: number,
  ss: number,
  ns: number,
  positive: number,
  notBinary: number,
];

type PastRow = NonNullable<MeasureCell["past"]> & { phase: number; variant_key: string; measure: Measure };

type HistogramRow = {
  phase: number;
  variant_key: string;
  measure: Measure;
  buckets: Buffer;
  counts: Buffer;
};

function toCells(rows: CellRow[], lastTraceAt: Date | null, histograms: HistogramRow[]): Cells {
  const strays = rows
    .filter(([dimension]) => dimension === "stray")
    .map(([, level, , , , , traces]) => ({ reason: level as StrayReason, traces }));
  const groups = Map.groupBy(
    rows.filter(([dimension]) => dimension !== "stray"),
    ([dimension, level]) => `${dimension}\u001f${level}`,
  );
  const total = toArms(groups.get("\u001f") ?? []);
  for (const [key, of] of Map.groupBy(
    histograms,
    (row) => `${row.phase}/${row.variant_key}/${row.measure}`,
  )) {
    const arm = total.find((each) => key.startsWith(`${each.phase}/${each.variantKey}/`));
    const cell = arm?.measures.get(of[0]!.measure);
    if (cell) cell.histograms = of.map(toHistogram);
  }
  const parts = [...groups.values()].map((cells) => {
    const [[dimension, level]] = cells as [CellRow];
    return { dimension, level: level === otherLevel ? null : level, cells };
  });
  return {
    arms: total,
    multiplyExposedUnits: rows
      .filter(([dimension, , , , measure]) => dimension === "" && measure === "")
      .reduce((sum, row) => sum + row[11], 0),
    strays: strays.sort((a, b) => b.traces - a.traces),
    lastTraceAt,
    cohorts: parts
      .filter(({ dimension }) => dimension === "day")
      .map(({ level, cells }) => ({ day: level!, arms: toArms(cells) }))
      .sort((a, b) => (a.day < b.day ? -1 : 1)),
    segments: parts
      .filter(({ dimension }) => dimension !== "" && dimension !== "day")
      .map(({ dimension, level, cells }) => ({ dimension, level, arms: toArms(cells) })),
  };
}

function toArms(rows: CellRow[]): Arm[] {
  const arms = Map.groupBy(rows, ([, , phase, variantKey]) => `${phase}/${variantKey}`);
  return [...arms.values()]
    .map((own): Arm => {
      const [, , phase, variantKey] = own[0]!;
      const measures = new Map<Measure, MeasureCell>();
      let units = 0;
      for (const [, , , , measure, k, n, s, nn, ss, ns, positive, notBinary] of own) {
        if (measure === "") units = k;
        else
          measures.set(measure as Measure, {
            sums: { k, n, s, nn, ss, ns },
            positiveUnits: positive,
            isBinary: notBinary === 0,
            histograms: [],
          });
      }
      // The share of a level is over all traces that have a label.
      for (const [measure, cell] of measures) {
        const category = categoryOf(measure);
        const whole = category && measures.get(category)?.sums;
        if (whole) cell.sums = { ...cell.sums, k: whole.k, n: whole.n, nn: whole.nn };
      }
      const traces = measures.get("traces")?.sums.n ?? 0;
      return { variantKey, phase, units, traces, measures };
    })
    .sort((a, b) => a.phase - b.phase || a.variantKey.localeCompare(b.variantKey));
}

function categoryOf(measure: Measure): Measure | null {
  return measure.startsWith("level:")
    ? (`category:${measure.slice("level:".length).split("\u001f")[0]}` as Measure)
    : null;
}

/** Arrays of integers in PostgreSQL's binary form: 20 bytes of head, then 4 bytes of length before each 4 of value. */
function toHistogram({ buckets, counts }: HistogramRow): LogHistogram {
  const histogram = new Map<number, number>();
  for (let at = 24; at < buckets.length; at += 8)
    histogram.set(buckets.readInt32BE(at), counts.readInt32BE(at));
  return histogram;
}
