import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { Unreadable } from "#lib/prompts/formats/content-file.ts";
import { CliError } from "./cli-error.ts";
import { fromYaml, nameOf, type PromptFile } from "./prompt-file.ts";

/** A file of the folder; `olderNumber` is the version a path like `triage@2.yaml` names. */
export type LocalFile = {
  path: string;
  name: string;
  olderNumber: number | null;
  text: string;
  file: PromptFile | Unreadable;
};

const seenPrompt = z.object({
  /** The newest version's number. */
  latest: z.int(),
  labels: z.record(z.string(), z.int()),
  /** By version number, of each version that has a file. */
  digests: z.record(z.string(), z.string()),
});
/** A prompt as the server had it when it was last pulled or pushed. */
export type SeenPrompt = z.infer<typeof seenPrompt>;
export type Seen = Record<string, SeenPrompt>;

export type Folder = { root: string; files: LocalFile[]; seen: Seen };

/** Beside the prompts, to be kept in git with them; no prompt's name has an `@`. */
export const seenPath = "stemma@seen.yaml";
const seenHeader =
  "# What `stemma pull` and `stemma push` last saw on the server. Keep it in git; do not edit it.\n";

/** Reads a folder of prompts; one that is not there is empty. */
export async function readFolder(root: string): Promise<Folder> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw new CliError(
      `The folder ${root} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  });
  const files: LocalFile[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(join(root, sep).length).split(sep).join("/");
    const named = entry.isFile() && path !== seenPath ? nameOf(path) : null;
    if (!named) continue;
    const text = await readFile(join(root, path), "utf8");
    files.push({ path, ...named, text, file: fromYaml(text) });
  }
  return { root, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), seen: await readSeen(root) };
}

/** Writes texts (null removes the file, and the folders this leaves empty) and what was seen. */
export async function writeFolder(
  root: string,
  texts: ReadonlyMap<string, string | null>,
  seen: Seen,
): Promise<void> {
  for (const [path, text] of texts) {
    const full = join(root, path);
    if (text === null) {
      await rm(full, { force: true });
      await removeEmpty(root, dirname(full));
    } else {
      await mkdir(dirname(full), { recursive: true });
      await writeFile(full, text);
    }
  }
  await mkdir(root, { recursive: true });
  await writeFile(join(root, seenPath), seenHeader + stringify(seen, { lineWidth: 0, sortMapEntries: true }));
}

/** Whether a file holds something else than what was last seen of its version. */
export function isModified(local: LocalFile, seen: SeenPrompt | undefined): boolean {
  if (!seen || "problem" in local.file) return true;
  const number = local.olderNumber ?? seen.latest;
  if (local.file.digest !== seen.digests[number]) return true;
  return [...local.file.labels].sort().join() !== labelsOn(seen, number).join();
}

/** The labels that pointed at a version. */
export function labelsOn(seen: Pick<SeenPrompt, "labels">, number: number): string[] {
  return Object.keys(seen.labels)
    .filter((label) => seen.labels[label] === number)
    .sort();
}

async function readSeen(root: string): Promise<Seen> {
  const text = await readFile(join(root, seenPath), "utf8").catch(() => "{}");
  try {
    return z.record(z.string(), seenPrompt).parse(parse(text) ?? {});
  } catch {
    throw new CliError(
      `${join(root, seenPath)} cannot be read (a merge conflict?). Restore it from git, or delete it and pull.`,
    );
  }
}

async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let path = folder; path !== root && path.startsWith(root); path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      return;
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
