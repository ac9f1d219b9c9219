import type { Json } from "#lib/core/json.ts";
import type { Snippet } from "../ui/code-block.tsx";

export type SnippetInput = {
  origin: string;
  deployment: string;
  /** Values to show for the prompt's variables; empty where it has none. */
  variables: Record<string, Json>;
  /** Whether the caller has something to say, because no prompt does. */
  needsMessages: boolean;
};

/** How to call a deployment, in calls that work once STEMMA_SECRET_KEY is set. */
export function deploymentSnippets(input: SnippetInput): Snippet[] {
  return [
    { label: "curl", code: curl(input) },
    { label: "TypeScript", code: typescript(input) },
    { label: "Python", code: python(input) },
  ];
}

function bodyOf({ deployment, variables, needsMessages }: SnippetInput) {
  const hasVariables = Object.keys(variables).length > 0;
  return {
    model: deployment,
    messages: needsMessages ? [{ role: "user", content: "What is the capital of Peru?" }] : [],
    metadata: { user_id: "user-17", ...(hasVariables && { variables: JSON.stringify(variables) }) },
  };
}

function curl(input: SnippetInput): string {
  // Within single quotes a shell takes everything but the quote itself.
  const body = JSON.stringify(bodyOf(input), null, 2).replaceAll("'", "'\\''");
  return `export STEMMA_SECRET_KEY=sk-stemma-…

curl ${input.origin}/v1/chat/completions \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'`;
}

function typescript(input: SnippetInput): string {
  const { model, messages, metadata } = bodyOf(input);
  return `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${input.origin}/v1", apiKey: process.env.STEMMA_SECRET_KEY });

const answer = await client.chat.completions.create({
  model: ${JSON.stringify(model)},
  messages: ${JSON.stringify(messages)},
  metadata: ${JSON.stringify(metadata)},
});
console.log(answer.choices[0].message.content);`;
}

function python(input: SnippetInput): string {
  const { model, messages, metadata } = bodyOf(input);
  return `import os
from openai import OpenAI

client = OpenAI(base_url="${input.origin}/v1", api_key=os.environ["STEMMA_SECRET_KEY"])

answer = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=${JSON.stringify(messages)},
    metadata=${JSON.stringify(metadata)},
)
print(answer.choices[0].message.content)`;
}
