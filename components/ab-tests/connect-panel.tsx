import Link from "next/link";
import { CodeBlock } from "#components/ui/code-block.tsx";

type ConnectPanelProps = {
  /** This server as applications reach it. */
  origin: string;
  abTestKey: string;
  unitKind: "user" | "session" | "attribute";
  /** Names of the deployments that serve the test. */
  deployments: readonly string[];
  deploymentsHref: string;
};

/** Three ways to send traffic: through the gateway, by one's own call with OTLP, or by the assignment API. */
export function ConnectPanel({
  origin,
  abTestKey,
  unitKind,
  deployments,
  deploymentsHref,
}: ConnectPanelProps) {
  const name = deployments[0] ?? "my-deployment";
  const session = unitKind === "session" ? `, session_id: "session-7"` : "";
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      <section>
        <h3 className="text-sm font-medium">Through the gateway, with the stock openai client</h3>
        <p className="mb-2 max-w-prose text-sm text-muted">
          The deployment assigns the unit, renders its variant’s prompt, calls the model and writes the trace.{" "}
          {deployments.length === 0 && (
            <>
              No deployment serves this test yet:{" "}
              <Link href={deploymentsHref} className="link">
                make one
              </Link>{" "}
              and put its name in <code>model</code>.
            </>
          )}
        </p>
        <CodeBlock
          code={[
            {
              label: "TypeScript",
              code: `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${origin}/v1", apiKey: process.env.STEMMA_SECRET_KEY });
const answer = await client.chat.completions.create({
  model: "${name}",
  messages: [],
  metadata: { user_id: "user-42"${session}, var_question: "…" }, // var_NAME for each of the prompt's variables
});`,
            },
            {
              label: "Python",
              code: `from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key=os.environ["STEMMA_SECRET_KEY"])
answer = client.chat.completions.create(
    model="${name}",
    messages=[],
    metadata={"user_id": "user-42", "var_question": "…"},  # var_NAME for each of the prompt's variables
)`,
            },
          ]}
        />
      </section>
      <section>
        <h3 className="text-sm font-medium">Your own model call: ask for the variant first</h3>
        <p className="mb-2 max-w-prose text-sm text-muted">
          The answer holds the compiled prompt, the model, the parameters and <code>spanAttributes</code>. The
          same unit always gets the same variant.
        </p>
        <CodeBlock
          label="curl"
          code={`curl -s ${origin}/api/v1/ab-tests/${abTestKey}/assign \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" -H "Content-Type: application/json" \\
  -d '{"unit": "user-42", "variables": {}}'`}
        />
      </section>
      <section>
        <h3 className="text-sm font-medium">… then trace the call with OpenTelemetry</h3>
        <p className="mb-2 max-w-prose text-sm text-muted">
          Put the attributes on the span of the model call and export to <code>{origin}/v1/traces</code>.
        </p>
        <CodeBlock
          label="TypeScript"
          code={`tracer.startActiveSpan("chat", { attributes: assigned.spanAttributes }, async (span) => {
  const answer = await callYourModel(assigned);
  span.setAttribute("gen_ai.usage.output_tokens", answer.usage.completion_tokens);
  span.end();
});
// assigned.spanAttributes:
// { "stemma.ab_test.key": "${abTestKey}", "stemma.ab_test.variant": "B", "stemma.ab_test.unit": "user-42",
//   "gen_ai.prompt.name": …, "gen_ai.prompt.version": …, "gen_ai.request.model": … }`}
        />
      </section>
      <section>
        <h3 className="text-sm font-medium">Feedback</h3>
        <CodeBlock
          label="curl"
          code={`curl -s ${origin}/api/v1/scores \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" -H "Content-Type: application/json" \\
  -d '{"traceId": "…", "name": "helpful", "value": true}'`}
        />
      </section>
    </div>
  );
}
