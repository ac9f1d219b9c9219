import type { Snippet } from "../ui/code-block.tsx";

/** How to start an evaluation from a program; key and ids are placeholders to be replaced. */
export function evaluationSnippets(origin: string): Snippet[] {
  const body = `{
    "name": "Which prompt is better?",
    "datasetVersionId": "DATASET_VERSION_ID",
    "candidates": [
      { "promptVersionId": "PROMPT_VERSION_1", "modelVersionId": "MODEL_VERSION" },
      { "promptVersionId": "PROMPT_VERSION_2", "modelVersionId": "MODEL_VERSION" }
    ],
    "evaluators": [{ "type": "exact_match", "name": "exact match" }]
  }`;
  return [
    {
      label: "curl",
      code: `curl -X POST "${origin}/api/v1/evaluations" \\
  -H "Authorization: Bearer YOUR_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'`,
    },
    {
      label: "TypeScript",
      code: `const response = await fetch("${origin}/api/v1/evaluations", {
  method: "POST",
  headers: { authorization: "Bearer YOUR_SECRET_KEY", "content-type": "application/json" },
  body: JSON.stringify(${body}),
});
const { id } = await response.json();`,
    },
  ];
}
