import type { Send } from "#lib/client/connection.ts";
import type { Prompt, PromptVersion } from "#lib/prompts/schema.ts";
import { labelsOn, type SeenPrompt } from "./folder.ts";
import { pathOf, toYaml } from "./prompt-file.ts";

/** A prompt as the server has it: the newest version and those that have a label. */
export type ServerPrompt = { name: string; seen: SeenPrompt; versions: PromptVersion[] };

const readersAtOnce = 8;

/** All prompts of the project that are not archived; with `names`, only those. */
export async function readServer(
  send: Send,
  names?: ReadonlySet<string>,
): Promise<Map<string, ServerPrompt>> {
  const listed = (await listPrompts(send)).filter((prompt) => !names || names.has(prompt.name));
  const found = new Map<string, ServerPrompt>();
  const queue = listed.values();
  const readNext = async () => {
    for (const prompt of queue) found.set(prompt.name, await readPrompt(send, prompt));
  };
  await Promise.all(Array.from({ length: readersAtOnce }, readNext));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The files that hold a prompt, by path. */
export function filesOf({ name, seen, versions }: ServerPrompt): Map<string, string> {
  return new Map(
    versions.map((version) => {
      const { number, message, authorName, content } = version;
      const labels = labelsOn(seen, number);
      const path = pathOf(name, number === seen.latest ? null : number);
      return [path, toYaml({ name, number, labels, message, authorName, content })];
    }),
  );
}

async function listPrompts(send: Send): Promise<Prompt[]> {
  const prompts: Prompt[] = [];
  let cursor: string | null = null;
  do {
    const page: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await send({ path: `/api/v1/prompts?limit=500${page}` });
    const { data, nextCursor } = (await response.json()) as { data: Prompt[]; nextCursor: string | null };
    prompts.push(...data);
    cursor = nextCursor;
  } while (cursor !== null);
  return prompts;
}

async function readPrompt(send: Send, prompt: Prompt): Promise<ServerPrompt> {
  const { name, latestNumber } = prompt;
  const labels = Object.fromEntries(prompt.labels.map((label) => [label.name, label.number]));
  const numbers = [...new Set([latestNumber, ...Object.values(labels)])];
  const versions: PromptVersion[] = [];
  for (const number of numbers) {
    const response = await send({ path: `/api/v1/prompts/${encodeURIComponent(name)}?version=${number}` });
    versions.push((await response.json()) as PromptVersion);
  }
  const digests = Object.fromEntries(versions.map((version) => [version.number, version.digest]));
  return { name, seen: { latest: latestNumber, labels, digests }, versions };
}
