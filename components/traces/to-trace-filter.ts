import { readValue } from "#components/scores/read-value.ts";
import type { TraceFilterDraft } from "#lib/traces/schema.ts";
import type { FilterName } from "./filter-fields.ts";
import type { FilterCondition } from "./filter-language.ts";
import { type TimeRange, timeBounds } from "./time-range.ts";

/** The search that these conditions and this range stand for; relative ranges are counted back from `nowMs`. */
export function toTraceFilter(
  conditions: readonly FilterCondition[],
  range: TimeRange,
  nowMs: number,
): TraceFilterDraft {
  const { fromMs, toMs } = timeBounds(range, nowMs);
  const filter: TraceFilterDraft = {
    ...(fromMs !== null && { from: new Date(fromMs).toISOString() }),
    ...(toMs !== null && { to: new Date(toMs).toISOString() }),
  };
  for (const condition of conditions) {
    if (condition.type === "text") filter.text = [...(filter.text ?? []), condition.text];
    else if (condition.type === "is")
      Object.assign(filter, equality(filter, condition.field, condition.value));
    else if (condition.type === "compare") {
      const { operator, value } = condition;
      const field = measures[condition.field];
      if (field) filter.comparisons = [...(filter.comparisons ?? []), { field, operator, value }];
    } else {
      const { name, operator, value } = condition;
      const compared =
        operator === ":"
          ? ({ name, operator: "=", value: readValue(String(value)) } as const)
          : { name, operator, value };
      filter.scores = [...(filter.scores ?? []), compared];
    }
  }
  return filter;
}

const measures: Partial<Record<FilterName, "latencyMs" | "ttftMs" | "costUsd" | "tokens">> = {
  latency: "latencyMs",
  ttft: "ttftMs",
  cost: "costUsd",
  tokens: "tokens",
};

function equality(filter: TraceFilterDraft, field: FilterName, value: string): Partial<TraceFilterDraft> {
  if (field === "tag") return { tags: [...(filter.tags ?? []), value] };
  if (field === "has")
    return { has: [...(filter.has ?? []), value as NonNullable<typeof filter.has>[number]] };
  if (field === "status") return { status: value as "ok" | "error" };
  const key = keys[field];
  return key ? { [key]: value } : {};
}

const keys: Partial<Record<FilterName, keyof TraceFilterDraft>> = {
  prompt: "promptName",
  version: "promptVersion",
  label: "promptLabel",
  model: "model",
  provider: "provider",
  abtest: "abTest",
  variant: "variant",
  deployment: "deployment",
  user: "userId",
  session: "sessionId",
  env: "environment",
  service: "service",
  release: "release",
  name: "name",
  error: "errorType",
  op: "operation",
};
