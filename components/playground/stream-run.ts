import type { RunEvent } from "#lib/playground/answer.ts";
import type { PlaygroundRunInput } from "#lib/playground/schema.ts";

/** A run that was refused before anything was called; its message is the server's. */
export class RefusedRun extends Error {}

/**
 * Starts a run and hands over its events as they come, until the stream ends: true if it said so itself, false if it
 * broke off. Throws RefusedRun, and what fetch throws.
 */
export async function streamRun(
  slug: string,
  input: PlaygroundRunInput,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const response = await fetch("/api/v1/playground/runs", {
    method: "POST",
    headers: { "content-type": "application/json", "x-stemma-project": slug },
    body: JSON.stringify(input),
    signal,
  });
  if (!response.ok || !response.body) throw new RefusedRun(await messageOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let isEnded = false;
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      // An empty line only keeps the connection open.
      if (line === "") continue;
      const event = JSON.parse(line) as RunEvent;
      isEnded ||= event.type === "end";
      onEvent(event);
    }
  }
  return isEnded;
}

/** Stops some cells of a run. Quiet when it fails: the cells then go on, as one sees. */
export async function stopCells(slug: string, runId: string, cells: string[]): Promise<void> {
  await fetch(`/api/v1/playground/runs/${runId}/stop`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-stemma-project": slug },
    body: JSON.stringify({ cells }),
  }).catch(() => {});
}

async function messageOf(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { error?: { message?: string } };
    if (body.error?.message) return body.error.message;
  } catch {
    // Not ours: a proxy's page.
  }
  return `The server answered ${response.status}. Try again in a moment.`;
}
