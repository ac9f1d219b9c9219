import type { Context } from "#lib/core/context.ts";
import { listScores } from "#lib/scores/queries.ts";
import type { TraceFilterDraft } from "#lib/traces/schema.ts";
import { findSpan, findTrace, findTraceOutline } from "#lib/traces/store/find-trace.ts";
import { listSessions, listUsers } from "#lib/traces/store/list-actors.ts";
import { countMatching, searchTraces, type TraceSearch } from "#lib/traces/store/search-traces.ts";
import { chartTraces } from "#lib/traces/store/trace-charts.ts";
import { days, type Filled, longTraceId } from "./fill.ts";

/** Called again and again, with another `turn` each time; says how many it found. */
export type Query = { name: string; run: (turn: number) => Promise<number> };

const pageSize = 100;
const dayMs = 86_400_000;

/** Traces that are marked as changed for the last queries, as while a backlog waits to be packed. */
export const pendingTraces = 5000;

/** What the pages ask while that many of the newest traces are pending. */
export function makePendingQueries(ctx: Context, { words }: Filled): Query[] {
  const count = async (filter: TraceFilterDraft) =>
    (await searchTraces(ctx, { filter, limit: pageSize })).data.length;
  const backlog = `${pendingTraces.toLocaleString("en")} traces pending`;
  return [
    { name: `no filter, ${backlog}`, run: () => count({}) },
    { name: `status error, ${backlog}`, run: () => count({ status: "error" }) },
    {
      name: `text, rare word, ${backlog}`,
      run: (turn) => count({ text: [words.rare[turn % words.rare.length]!] }),
    },
  ];
}

/** What the pages ask, each through the verb that they call. Values change from turn to turn. */
export async function makeQueries(ctx: Context, { words, traces }: Filled): Promise<Query[]> {
  const now = Date.now();
  const from = new Date(now - (days + 1) * dayMs).toISOString();
  const to = new Date(now).toISOString();
  const pick = <Value>(values: readonly Value[], turn: number): Value => values[turn % values.length]!;
  const list = (
    name: string,
    filterOf: (turn: number) => TraceFilterDraft,
    search: Omit<TraceSearch, "filter"> = {},
  ): Query => ({
    name,
    run: async (turn) => {
      const page = await searchTraces(ctx, {
        filter: { from, to, ...filterOf(turn) },
        limit: pageSize,
        ...search,
      });
      return page.data.length;
    },
  });
  const deepCursor = await cursorAfter(ctx, 200, { from, to });
  const models = [
    "gpt-4o-mini",
    "gpt-4o",
    "claude-sonnet-4",
    "gemini-2.5-flash",
    "mistral-small",
    "llama-3.3-70b",
  ];
  const comparison =
    (field: "latencyMs" | "costUsd" | "tokens" | "ttftMs", values: number[]) => (turn: number) => ({
      comparisons: [{ field, operator: ">" as const, value: pick(values, turn) }],
    });
  return [
    list("no filter", () => ({})),
    list("no filter, all time", () => ({ from: undefined, to: undefined })),
    list("time range", (turn) => {
      const start = now - (2 + (turn % 25)) * dayMs;
      return { from: new Date(start).toISOString(), to: new Date(start + 3_600_000).toISOString() };
    }),
    list("deep page (201st)", () => ({}), { cursor: deepCursor }),
    list("oldest first", () => ({}), { sort: "oldest" }),
    list("slowest first", () => ({}), { sort: "slowest" }),
    list("costliest first", () => ({}), { sort: "costliest" }),
    list("most tokens first", () => ({}), { sort: "most_tokens" }),
    list("prompt", (turn) => ({ promptName: `support/answer-${turn % 5}` })),
    list("prompt version", (turn) => ({
      promptName: `support/answer-${turn % 5}`,
      promptVersion: String(1 + (turn % 8)),
    })),
    list("label", () => ({ promptLabel: "production" })),
    list("model", (turn) => ({ model: pick(models, turn) })),
    list("model that none used", () => ({ model: "gpt-2" })),
    list("provider", (turn) => ({ provider: pick(["openai", "anthropic", "groq"], turn) })),
    list("A/B test", (turn) => ({ abTest: pick(["tone", "length"], turn) })),
    list("A/B test and variant", (turn) => ({ abTest: "tone", variant: pick(["A", "B"], turn) })),
    list("environment", (turn) => ({ environment: pick(["production", "staging", "development"], turn) })),
    list("session", (turn) => ({ sessionId: `session-${Math.floor(traces * 0.18 * ((turn % 17) / 17))}` })),
    list("user", (turn) => ({ userId: `user-${turn * 37}` })),
    list("tag", (turn) => ({ tags: [pick(["vip", "beta"], turn)] })),
    list("rare tag", () => ({ tags: ["incident"] })),
    list("status error", () => ({ status: "error" })),
    list("status ok", () => ({ status: "ok" })),
    list("latency, one in 20", comparison("latencyMs", [3500, 3600, 3700])),
    list("latency, very rare", comparison("latencyMs", [12_000, 13_000, 14_000])),
    list("cost, very rare", comparison("costUsd", [0.006, 0.007, 0.008])),
    list("tokens, very rare", comparison("tokens", [6000, 7000, 8000])),
    list("time to first token", comparison("ttftMs", [900, 2500])),
    list("score", (turn) => ({
      scores: [{ name: "helpful", operator: ">=", value: pick([0.5, 0.9], turn) }],
    })),
    list("rare score", () => ({ scores: [{ name: "complaint", operator: "=", value: "angry" }] })),
    list("has feedback", () => ({ has: ["feedback"] })),
    list("text, common word", (turn) => ({ text: [pick(words.common, turn)] })),
    list("text, rare word", (turn) => ({ text: [pick(words.rare, turn)] })),
    list("text, absent word", (turn) => ({ text: [`zyx${turn}qw`] })),
    list("text, beginning of a word", (turn) => ({ text: [`${pick(words.rare, turn).slice(0, 5)}*`] })),
    list("text, phrase", (turn) => ({ text: [pick(["you can", "of the", "will be"], turn)] })),
    list("combination", (turn) => ({
      model: pick(models, turn),
      environment: "staging",
      status: "ok",
      tags: ["vip"],
      comparisons: [{ field: "latencyMs", operator: ">", value: 2000 }],
      text: [pick(words.common, turn)],
    })),
    { name: "count, no filter", run: () => countMatching(ctx, { from, to }) },
    {
      name: "count, filtered",
      run: (turn) => countMatching(ctx, { from, to, model: pick(models, turn), status: "error" }),
    },
    {
      name: "charts, 30 days",
      run: async () => (await chartTraces(ctx, { from, to })).times.length,
    },
    {
      name: "charts, 24 hours",
      run: async () =>
        (await chartTraces(ctx, { from: new Date(now - 2 * dayMs).toISOString(), to })).times.length,
    },
    {
      name: "charts, 30 days, filtered",
      run: async (turn) => (await chartTraces(ctx, { from, to, model: pick(models, turn) })).times.length,
    },
    { name: "sessions", run: async () => (await listSessions(ctx, { limit: pageSize })).data.length },
    { name: "users", run: async () => (await listUsers(ctx, { limit: pageSize })).data.length },
    {
      name: "sessions, later page",
      run: async () => {
        const { nextCursor } = await listSessions(ctx, { limit: pageSize });
        return (await listSessions(ctx, { limit: pageSize, cursor: nextCursor })).data.length;
      },
    },
    { name: "scores", run: async () => (await listScores(ctx, { limit: pageSize })).data.length },
    {
      name: "one trace",
      run: async (turn) => {
        const { data } = await searchTraces(ctx, { filter: { userId: `user-${turn * 37}` }, limit: 1 });
        return data[0] ? (await findTrace(ctx, data[0].traceId)).spans.length : 0;
      },
    },
    {
      name: "one trace of 10,000 spans, without content",
      run: async () => (await findTraceOutline(ctx, longTraceId)).spans.length,
    },
    {
      name: "one span of it, with content",
      run: async (turn) =>
        (await findSpan(ctx, longTraceId, (turn + 1).toString(16).padStart(16, "0"))).durationUs ?? 0,
    },
  ];
}

async function cursorAfter(ctx: Context, pages: number, filter: TraceFilterDraft): Promise<string | null> {
  let cursor: string | null = null;
  for (let page = 0; page < pages; page++) {
    cursor = (await searchTraces(ctx, { filter, limit: pageSize, cursor })).nextCursor;
    if (cursor === null) break;
  }
  return cursor;
}
