import type { Json } from "#lib/core/json.ts";
import type { Snippet } from "../ui/code-block.tsx";

export type PromptSnippetInput = {
  origin: string;
  promptName: string;
  /** Values to show for the prompt's variables. */
  variables: Record<string, Json>;
  /** What to send to the gateway as `model`: a registered model's name. */
  model: string;
};

/**
 * How a program uses a prompt, each whole and working once STEMMA_SECRET_KEY is set (e2e/clients/snippets.test.ts runs
 * them): to get its messages, and to have them answered.
 */
export function promptSnippets(input: PromptSnippetInput): { compile: Snippet[]; answer: Snippet[] } {
  return {
    compile: [
      { label: "Stemma client", code: withClient(input) },
      { label: "fetch", code: withFetch(input) },
      { label: "Python", code: inPython(input) },
      { label: "curl", code: withCurl(input) },
    ],
    answer: [
      { label: "OpenAI", code: withOpenAi(input) },
      { label: "AI SDK", code: withAiSdk(input) },
      { label: "OpenAI, Python", code: withOpenAiInPython(input) },
    ],
  };
}

/** What to paste into a coding agent that is to move an application onto this prompt. */
export function agentInstructions({ origin, promptName, variables, model }: PromptSnippetInput): string {
  const names = Object.keys(variables);
  return `Move this application onto the prompt "${promptName}" of our Stemma server, ${origin}.

- Read the key from the environment variable STEMMA_SECRET_KEY. Never write it down.
- Fetch the client once and check it in: curl -O ${origin}/client/stemma.js -O ${origin}/client/stemma.d.ts
  It is one ES module without dependencies. In another language use the REST API: ${origin}/api/reference
- Where the application now builds these messages itself, get them so:
    const prompt = await stemma.prompts.get(${JSON.stringify(promptName)}, { label: "production", fallback: <the messages it has now> });
    const { messages, parameters } = compile(prompt, variables);
  Make one Stemma object per process: it remembers what it fetched, and serves it while the server is away.
- ${names.length > 0 ? `The prompt's variables are: ${names.join(", ")}. Fill every one from what the application already knows.` : "The prompt has no variables."}
- Send the model call through ${origin}/v1 with the same OpenAI client (base URL and key are all that changes), with
  metadata { user_id, session_id, prompt_name, prompt_version }, so that it is traced to the version that made it.
  The model's name there is ${JSON.stringify(model)}.
- Remove the old prompt text where nothing else uses it. Show me the diff before you commit.`;
}

function urlOf({ origin, promptName }: PromptSnippetInput): string {
  return `${origin}/api/v1/prompts/${encodeURIComponent(promptName)}`;
}

function indented(value: Json, spaces: number): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${" ".repeat(spaces)}`);
}

function withClient({ origin, promptName, variables }: PromptSnippetInput): string {
  return `// curl -O ${origin}/client/stemma.js -O ${origin}/client/stemma.d.ts
import { compile, Stemma } from "./stemma.js";

const stemma = new Stemma({ baseUrl: ${JSON.stringify(origin)}, key: process.env.STEMMA_SECRET_KEY });

const prompt = await stemma.prompts.get(${JSON.stringify(promptName)}, { label: "production" });
const { messages, parameters } = compile(prompt, ${indented(variables, 0)});
console.log(messages, parameters);`;
}

function compileRequest(input: PromptSnippetInput): string {
  return `fetch(${JSON.stringify(`${urlOf(input)}/compile?label=production`)}, {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.STEMMA_SECRET_KEY}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify({ variables: ${indented(input.variables, 2)} }),
})`;
}

function withFetch(input: PromptSnippetInput): string {
  return `const response = await ${compileRequest(input)};
const { messages, parameters } = await response.json();
console.log(messages, parameters);`;
}

function withCurl(input: PromptSnippetInput): string {
  // Within single quotes a shell takes everything but the quote itself.
  const body = JSON.stringify({ variables: input.variables }, null, 2).replaceAll("'", "'\\''");
  return `curl "${urlOf(input)}/compile?label=production" \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'`;
}

function withOpenAi(input: PromptSnippetInput): string {
  return `import OpenAI from "openai";

const response = await ${compileRequest(input)};
const prompt = await response.json();

const client = new OpenAI({ baseURL: ${JSON.stringify(`${input.origin}/v1`)}, apiKey: process.env.STEMMA_SECRET_KEY });
const answer = await client.chat.completions.create({
  model: ${JSON.stringify(input.model)},
  messages: prompt.messages,
  temperature: prompt.parameters.temperature,
  metadata: { user_id: "user-17", prompt_name: prompt.name, prompt_version: String(prompt.number) },
});
console.log(answer.choices[0].message.content);`;
}

function withAiSdk(input: PromptSnippetInput): string {
  return `import { createOpenAI } from "@ai-sdk/openai";
import { generateText } from "ai";

const response = await ${compileRequest(input)};
const prompt = await response.json();
const isInstruction = ({ role }) => role === "system" || role === "developer";

const stemma = createOpenAI({ baseURL: ${JSON.stringify(`${input.origin}/v1`)}, apiKey: process.env.STEMMA_SECRET_KEY });
const { text } = await generateText({
  model: stemma.chat(${JSON.stringify(input.model)}),
  system: prompt.messages.filter(isInstruction).map(({ content }) => content).join("\\n\\n") || undefined,
  messages: prompt.messages.filter((message) => !isInstruction(message)),
  temperature: prompt.parameters.temperature,
  headers: {
    "x-stemma-unit": "user-17",
    "x-stemma-prompt": encodeURIComponent(prompt.name),
    "x-stemma-prompt-version": String(prompt.number),
  },
});
console.log(text);`;
}

function compileInPython(input: PromptSnippetInput): string {
  return `import json, os, urllib.request

request = urllib.request.Request(
    ${JSON.stringify(`${urlOf(input)}/compile?label=production`)},
    data=json.dumps({"variables": json.loads(${JSON.stringify(JSON.stringify(input.variables))})}).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['STEMMA_SECRET_KEY']}",
        "Content-Type": "application/json",
    },
)
prompt = json.load(urllib.request.urlopen(request))`;
}

function inPython(input: PromptSnippetInput): string {
  return `${compileInPython(input)}
print(prompt["messages"], prompt["parameters"])`;
}

function withOpenAiInPython(input: PromptSnippetInput): string {
  return `${compileInPython(input)}

from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(`${input.origin}/v1`)}, api_key=os.environ["STEMMA_SECRET_KEY"])
answer = client.chat.completions.create(
    model=${JSON.stringify(input.model)},
    messages=prompt["messages"],
    metadata={"user_id": "user-17", "prompt_name": prompt["name"], "prompt_version": str(prompt["number"])},
)
print(answer.choices[0].message.content)`;
}
