import type { Api } from "./api.ts";
import { names } from "./story.ts";
import type { Terminal } from "./terminal.ts";

export type SavedPrompt = { id: string; number: number };

const variables = [
  { name: "country", description: "A country's common name", example: "Portugal" },
  { name: "attribute", description: "What is asked about it", example: "capital" },
];

const question = { role: "user", content: "What is the {{attribute}} of {{country}}?" };

const chatty = {
  type: "chat",
  messages: [{ role: "system", content: "You are a helpful geography assistant." }, question],
  variables,
  parameters: { temperature: 1, topP: 0.95, maxTokens: 120, seed: 7 },
};

const exact = {
  type: "chat",
  messages: [
    {
      role: "system",
      content:
        "You are a geography expert. Answer with only the name, in English: no sentence and no punctuation.",
    },
    question,
  ],
  variables,
  parameters: { temperature: 1, topP: 1, maxTokens: 40, stop: ["\n"] },
};

/** Version 1 answers in sentences; version 2 says exactly what form the answer must have. */
export async function savePromptVersions(api: Api, terminal: Terminal): Promise<SavedPrompt[]> {
  const save = (content: unknown, message: string, labels: string[]) =>
    api.post<SavedPrompt & { digest: string }>("/api/v1/prompts", {
      name: names.prompt,
      content,
      message,
      labels,
    });
  const first = await save(chatty, "First draft: ask, and see what comes", ["production"]);
  const second = await save(exact, "Only the name: answers are compared word for word", ["staging"]);
  for (const version of [first, second]) {
    terminal.note(`${names.prompt} version ${version.number}, digest ${version.digest.slice(0, 12)}`);
  }
  return [first, second];
}
