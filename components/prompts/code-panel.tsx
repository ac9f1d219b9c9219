import type { PromptContent } from "#lib/prompts/schema.ts";
import { CodeBlock } from "../ui/code-block.tsx";
import { agentInstructions, promptSnippets } from "./prompt-snippets.ts";

type CodePanelProps = {
  origin: string;
  promptName: string;
  content: PromptContent;
  /** The model its snippets call; null where none is registered. */
  modelName: string | null;
};

/** How a program uses this prompt: snippets that work when pasted, with a key in STEMMA_SECRET_KEY. */
export function CodePanel({ origin, promptName, content, modelName }: CodePanelProps) {
  const variables = Object.fromEntries(
    content.variables.map((each) => [each.name, each.example ?? each.default ?? "…"]),
  );
  const input = { origin, promptName, variables, model: modelName ?? "your-model" };
  const { compile, answer } = promptSnippets(input);
  return (
    <div className="flex flex-col gap-4">
      <Group title="Get its messages" note="The version that the label production points at.">
        <CodeBlock label="Get its messages" code={compile} />
      </Group>
      <Group
        title="Have them answered"
        note={
          modelName
            ? "Through the gateway: the call is traced to this prompt's version."
            : "Through the gateway, once a model is registered under Models: the call is traced to this prompt's version."
        }
      >
        <CodeBlock label="Have them answered" code={answer} />
      </Group>
      <Group title="Let a coding agent do it" note="Paste this into the agent, in your application's folder.">
        <CodeBlock label="For a coding agent" code={agentInstructions(input)} isWrapped />
      </Group>
      <p className="text-sm text-muted">
        A version is also fetched by <code>?version=</code> or <code>?digest=</code>, without filling it at{" "}
        <code>GET /api/v1/prompts/…</code>. Send its <code>ETag</code> back in <code>If-None-Match</code> to
        get 304 until the label moves.
      </p>
    </div>
  );
}

function Group({ title, note, children }: { title: string; note: string; children: React.ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{title}</h3>
      <p className="text-sm text-muted">{note}</p>
      {children}
    </section>
  );
}
