import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

test("the client and all it imports need no package and nothing of Node's", () => {
  const seen = new Set<string>();
  const foreign: string[] = [];
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(join(root, file), "utf8");
    if (/\b(process|Buffer|require|__dirname)\b[.(]/.test(text)) foreign.push(`${file} uses Node's globals`);
    for (const [, type, target] of text.matchAll(
      /^\s*(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?["']([^"']+)["']/gm,
    )) {
      if (type) continue;
      if (target!.startsWith("#lib/")) visit(target!.replace("#lib/", "lib/"));
      else if (target!.startsWith(".")) visit(relative(root, join(root, file, "..", target!)));
      else foreign.push(`${file} → ${target}`);
    }
  };
  for (const file of ["stemma", "compile", "span-attributes", "errors"]) visit(`lib/client/${file}.ts`);
  expect(foreign).toEqual([]);
  expect(seen).toContain("lib/prompts/template.ts");
  expect(seen).toContain("lib/stats/murmur3.ts");
});
