import type { Snippet } from "../ui/code-block.tsx";

/** How to import items from a program; the key is a placeholder to be replaced. */
export function importSnippets(origin: string, name: string): Snippet[] {
  const path = `${origin}/api/v1/datasets/${encodeURIComponent(name)}/items`;
  return [
    {
      label: "curl",
      code: `curl -X POST "${path}?mode=append" \\
  -H "Authorization: Bearer YOUR_SECRET_KEY" \\
  -H "Content-Type: text/csv" \\
  --data-binary $'country,expected\\nFrance,Paris\\nJapan,Tokyo\\n'`,
    },
    {
      label: "TypeScript",
      code: `await fetch("${path}", {
  method: "POST",
  headers: { authorization: "Bearer YOUR_SECRET_KEY", "content-type": "application/json" },
  body: JSON.stringify({
    mode: "append",
    items: [{ input: { country: "France" }, expected: "Paris" }],
  }),
});`,
    },
    {
      label: "Python",
      code: `import json, urllib.request

items = [{"input": {"country": "France"}, "expected": "Paris"}]
request = urllib.request.Request(
    "${path}",
    data=json.dumps({"items": items, "mode": "append"}).encode(),
    headers={"Authorization": "Bearer YOUR_SECRET_KEY", "Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read())`,
    },
  ];
}
