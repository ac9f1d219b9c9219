import { firstTraceSnippets } from "#components/auth/first-trace-snippets.ts";
import type { Snippet } from "#components/ui/code-block.tsx";

/**
 * Ways to send traces here, with the key in `$STEMMA_API_KEY`: a command, an exporter's variables, and, where the
 * project serves a deployment or model, the stock `openai` client through the gateway.
 */
export function traceSnippets(origin: string, callable: string | null): Snippet[] {
  // In the curl command the key stands within single quotes, which a shell does not expand.
  const [curl] = firstTraceSnippets(origin, `'"$STEMMA_API_KEY"'`);
  const [, exporter] = firstTraceSnippets(origin, "$STEMMA_API_KEY");
  const snippets = [withKey(curl!), withKey(exporter!)];
  return callable === null
    ? snippets
    : [...snippets, { label: "openai client", code: openaiClient(origin, callable) }];
}

const keyLine = "export STEMMA_API_KEY=sk-stemma-…   # Settings, API keys";

const withKey = ({ label, code }: Snippet): Snippet => ({ label, code: `${keyLine}\n\n${code}` });

const openaiClient = (origin: string, model: string) => `# npm install openai
${keyLine}
node --input-type=module -e '
  import OpenAI from "openai";
  const client = new OpenAI({ baseURL: "${origin}/v1", apiKey: process.env.STEMMA_API_KEY });
  const answer = await client.chat.completions.create({
    model: ${JSON.stringify(model)},
    messages: [{ role: "user", content: "What is the capital of Kenya?" }],
    metadata: { user_id: "u-17", session_id: "s-1" },
  });
  console.log(answer.choices[0].message.content);
'
`;
