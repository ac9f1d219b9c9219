import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;

/** Each rule: a file that matches `from` may not import what matches `mayNot` (unless it matches `except`). */
const rules: { from: RegExp; except?: RegExp; mayNot: RegExp; because: string }[] = [
  {
    from: /^lib\/stats\//,
    mayNot: /^(?!lib\/stats\/|@stdlib\/)/,
    because: "statistics are pure mathematics",
  },
  { from: /^lib\//, mayNot: /^(app|components)\//, because: "lib knows no page" },
  { from: /^app\//, mayNot: /^lib\/db\//, because: "a page calls a verb, never the database" },
  {
    from: /^components\//,
    mayNot: /^(app|lib\/(db|http|server|env|projects\/(?!.*schema)))|^next\/(headers|server)/,
    because: "components take data and give events",
  },
  {
    from: /^lib\/.*\/(template|diff|merge|digest|pricing|tree|compare|assign|analyze|verdict|gates|to-spans)\.ts$/,
    mayNot: /^lib\/(db|llm|env)|^(next|react)(\/|$)/,
    because: "pure files stay pure",
  },
  {
    from: /^lib\/traces\/conventions\//,
    mayNot: /^lib\/(db|llm|env)|^(next|react)(\/|$)/,
    because: "a dialect is a table",
  },
  {
    from: /^lib\//,
    except: /^lib\/(llm|testing)\//,
    mayNot: /^openai$/,
    because: "lib/llm is the only door to a provider",
  },
  {
    from: /^lib\//,
    except: /^lib\/(http|server)\//,
    mayNot: /^next(\/|$)/,
    because: "lib works without Next but for http and server",
  },
  {
    from: /^(lib|app|components)\//,
    except: /^lib\/(db|testing)\/|^lib\/server\//,
    mayNot: /^(postgres|pg|@prisma\/.*|graphile-worker)$/,
    because: "lib/db is the only door to the database",
  },
];

/** Imports go leftwards only. Folders that are absent here are free (testing) or not on the ladder. */
const ladder = [
  "core",
  "stats",
  "db",
  "projects",
  "models",
  "llm",
  "prompts",
  "datasets",
  "traces",
  "scores",
  "runs",
  "registry",
  "webhooks",
  "abtests",
  "deployments",
  "ingest",
  "evaluations",
  "playground",
  "http",
  "server",
];

const files = ["app", "components", "lib"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(test|fixture)\.tsx?$/.test(entry.name),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith("lib/db/generated/")),
);

const imports = files.flatMap((from) => {
  const text = readFileSync(join(root, from), "utf8");
  return [...text.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?["']([^"']+)["']/gm)].map(
    ([, type, target]) => ({ from, isType: Boolean(type), to: resolveImport(from, target!) }),
  );
});

test.each(rules)("$from may not import $mayNot: $because", ({ from, except, mayNot }) => {
  const broken = imports.filter(
    (edge) => !edge.isType && from.test(edge.from) && !except?.test(edge.from) && mayNot.test(edge.to),
  );
  expect(broken.map((edge) => `${edge.from} → ${edge.to}`)).toEqual([]);
});

test("lib imports leftwards only on the ladder", () => {
  const rung = (path: string) => ladder.indexOf(/^lib\/([a-z]+)\//.exec(path)?.[1] ?? "");
  const broken = imports.filter(
    ({ from, to, isType }) => !isType && rung(from) >= 0 && rung(to) >= 0 && rung(to) > rung(from),
  );
  expect(broken.map((edge) => `${edge.from} → ${edge.to}`)).toEqual([]);
});

test("the environment is read in one file", () => {
  // Components show snippets that mention it; they run in the browser and have none of their own.
  const readers = files.filter(
    (path) =>
      !path.startsWith("components/") && /process\.env\b/.test(readFileSync(join(root, path), "utf8")),
  );
  expect(
    readers.filter((path) => !/^lib\/(env\.ts|testing\/|cli\/|server\/check-build\.ts)/.test(path)),
  ).toEqual([]);
});

test("there are no barrels and no utils", () => {
  expect(files.filter((path) => /(^|\/)(index|utils?|helpers?)\.tsx?$/.test(path))).toEqual([]);
});

function resolveImport(from: string, target: string): string {
  if (target.startsWith("#lib/")) return target.replace("#lib/", "lib/");
  if (target.startsWith("#components/")) return target.replace("#components/", "components/");
  if (!target.startsWith(".")) return target.replace(/^node:/, "node:");
  return relative(root, join(root, from, "..", target));
}
