import type { PromptContent } from "#lib/prompts/schema.ts";
import { spellValue } from "#lib/prompts/variable-value.ts";
import { CodeBlock } from "../ui/code-block.tsx";

type CodePanelProps = { origin: string; promptName: string; content: PromptContent };

/** How a program gets this prompt: snippets that work when pasted, with a key in STEMMA_SECRET_KEY. */
export function CodePanel({ origin, promptName, content }: CodePanelProps) {
  const url = `${origin}/api/v1/prompts/${encodeURIComponent(promptName)}`;
  const values = Object.fromEntries(
    content.variables.map((each) => [
      each.name,
      each.example ?? each.default ?? (spellValue(each.example) || "…"),
    ]),
  );
  const body = JSON.stringify({ variables: values }, null, 2);
  return (
    <div className="flex flex-col gap-4">
      <CodeBlock
        label="Fetch"
        code={[
          {
            label: "curl",
            code: `curl "${url}?label=production" \\\n  -H "Authorization: Bearer $STEMMA_SECRET_KEY"`,
          },
          { label: "JavaScript", code: fetchInJavaScript(url) },
          { label: "Python", code: fetchInPython(url) },
        ]}
      />
      <CodeBlock
        label="Compile"
        code={[
          { label: "Compile with curl", code: compileWithCurl(url, body) },
          { label: "JavaScript", code: compileInJavaScript(url, body) },
        ]}
      />
      <p className="text-sm text-muted">
        Fetch by <code>?label=</code>, <code>?version=</code> or <code>?digest=</code>. Send the{" "}
        <code>ETag</code> back in <code>If-None-Match</code> to get 304 until the label moves.
      </p>
    </div>
  );
}

function fetchInJavaScript(url: string): string {
  return `const response = await fetch("${url}?label=production", {
  headers: { authorization: \`Bearer \${process.env.STEMMA_SECRET_KEY}\` },
});
const { number, content } = await response.json();`;
}

function fetchInPython(url: string): string {
  return `import json, os, urllib.request

request = urllib.request.Request(
    "${url}?label=production",
    headers={"Authorization": f"Bearer {os.environ['STEMMA_SECRET_KEY']}"},
)
version = json.load(urllib.request.urlopen(request))`;
}

function compileWithCurl(url: string, body: string): string {
  const quoted = body.replaceAll("'", "'\\''");
  return `curl "${url}/compile?label=production" \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${quoted}'`;
}

function compileInJavaScript(url: string, body: string): string {
  return `const response = await fetch("${url}/compile?label=production", {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.STEMMA_SECRET_KEY}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify(${body.replaceAll("\n", "\n  ")}),
});
const { messages, parameters } = await response.json();`;
}
