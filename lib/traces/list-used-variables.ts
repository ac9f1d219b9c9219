import type { Context } from "#lib/core/context.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { findTrace } from "./store/find-trace.ts";
import { searchTraces } from "./store/search-traces.ts";

/** The values a prompt was filled with in a call that was traced. */
export type UsedVariables = {
  traceId: string;
  startTimeUs: number;
  input: string | null;
  values: JsonObject;
};

/** The newest traced calls of a prompt that tell what it was filled with. Needs `read`. */
export async function listUsedVariables(
  ctx: Context,
  input: { promptName: string; limit?: number },
): Promise<UsedVariables[]> {
  const { promptName, limit = 12 } = input;
  const { data } = await searchTraces(ctx, { filter: { promptName }, limit });
  const found = await Promise.all(
    data.map(async ({ traceId, startTimeUs, input }): Promise<UsedVariables[]> => {
      const { spans } = await findTrace(ctx, traceId);
      const span = spans.find((each) => each.prompt?.name === promptName && each.variables);
      return span ? [{ traceId, startTimeUs, input, values: span.variables as JsonObject }] : [];
    }),
  );
  return found.flat();
}
