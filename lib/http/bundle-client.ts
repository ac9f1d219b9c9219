import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join, relative } from "node:path";

// Next's bundle of this module has no folder of its own; it is served from the project's.
const root = import.meta.dirname ? join(import.meta.dirname, "../..") : process.cwd();

/** What the one module exports, by the file that has it. */
const entries: Record<string, string[]> = {
  "lib/client/stemma.ts": ["Stemma"],
  "lib/client/compile.ts": ["compile"],
  "lib/client/span-attributes.ts": ["spanAttributes"],
  "lib/client/errors.ts": ["StemmaError"],
};

const banner = `/*
 * Stemma's client: prompts from memory, A/B assignment, scores. One ES module without dependencies, for Node ≥ 18, Deno,
 * Bun, workers and browsers. Its types: ./stemma.d.ts. Apache-2.0.
 */
`;

/**
 * `lib/client` and all it imports as one ES module of plain JavaScript: each file a function that gives what it
 * exports, in the order in which they need each other. (lib/client/portable.test.ts sees to it that nothing in it is
 * Node's or a package's.)
 */
export async function bundleClient(): Promise<string> {
  const modules = new Map<string, { name: string; code: string }>();
  for (const file of Object.keys(entries)) await add(file, modules, []);
  const exported = Object.entries(entries).map(
    ([file, names]) => `export const { ${names.join(", ")} } = ${modules.get(file)!.name};`,
  );
  return [banner, ...[...modules.values()].map(({ code }) => code), ...exported, ""].join("\n");
}

const importPattern = /^import\s*(?:\{([^}]*)\}\s*from\s*)?["']([^"']+)["'];?/gm;
const exportPattern = /^export\s+((?:async\s+)?(?:function\*?|class|const|let)\s+([A-Za-z_$][\w$]*))/gm;

async function add(
  file: string,
  modules: Map<string, { name: string; code: string }>,
  importers: readonly string[],
): Promise<void> {
  if (modules.has(file)) return;
  if (importers.includes(file))
    throw new Error(`The client's files import each other: ${[...importers, file].join(" → ")}`);
  const stripped = stripTypeScriptTypes(await readFile(join(root, file), "utf8"));
  const imports = [...stripped.matchAll(importPattern)].map(([, names = "", target]) => ({
    names: names.trim(),
    file: resolve(file, target!),
  }));
  for (const each of imports) {
    if (each.names !== "") await add(each.file, modules, [...importers, file]);
  }

  const exported: string[] = [];
  const body = stripped
    .replaceAll(importPattern, "")
    .replaceAll(exportPattern, (_, declaration: string, name: string) => {
      exported.push(name);
      return declaration;
    });
  const unread = /^(?:import|export)\b.*/m.exec(body);
  if (unread) throw new Error(`${file}: this form is not bundled: ${unread[0]}`);
  const needed = imports
    .filter(({ names }) => names !== "")
    .map(
      ({ names, file }) => `const { ${names.replaceAll(/\s+as\s+/g, ": ")} } = ${modules.get(file)!.name};`,
    );
  const name = `module${modules.size}`;
  const lines = [...needed, tidy(body), `return { ${exported.join(", ")} };`];
  modules.set(file, { name, code: `// ${file}\nconst ${name} = (() => {\n${lines.join("\n")}\n})();\n` });
}

function resolve(from: string, target: string): string {
  if (target.startsWith("#lib/")) return target.replace("#lib/", "lib/");
  return relative(root, join(root, from, "..", target));
}

/** Without the blanks that types leave behind. */
function tidy(code: string): string {
  return code
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
