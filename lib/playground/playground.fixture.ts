import type { Context } from "#lib/core/context.ts";
import { newId } from "#lib/core/ids.ts";
import type { RunEvent } from "./answer.ts";
import { prepareRun } from "./prepare-run.ts";
import { runPlayground } from "./run-playground.ts";
import type { PlaygroundRunInput } from "./schema.ts";

type Content = PlaygroundRunInput["columns"][number]["content"];

/** A column that asks for a country's capital in one word. */
export const capitalContent: Extract<Content, { type: "chat" }> = {
  type: "chat",
  messages: [
    { role: "system", content: "Answer with only the name." },
    { role: "user", content: "What is the capital of {{country}}?" },
  ],
  variables: [{ name: "country" }],
  parameters: { temperature: 0 },
};

export function runOf(
  columns: (Partial<PlaygroundRunInput["columns"][number]> & { modelVersionId: string })[],
  input: Partial<PlaygroundRunInput> = {},
): PlaygroundRunInput {
  return {
    runId: newId(),
    columns: columns.map((column, index) => ({ id: "abcdef"[index]!, content: capitalContent, ...column })),
    rows: [{ id: "single", variables: { country: "Norway" } }],
    ...input,
  };
}

/** Runs to the end and gives the events in order. */
export async function collect(
  ctx: Context,
  input: PlaygroundRunInput,
  signal: AbortSignal = new AbortController().signal,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const run = await prepareRun(ctx, input);
  await runPlayground(run, async (event) => void events.push(event), signal);
  return events;
}

export function answersIn(events: readonly RunEvent[]) {
  return events.flatMap((event) => (event.type === "answer" ? [{ cell: event.cell, ...event.answer }] : []));
}
