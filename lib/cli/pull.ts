import type { Send } from "#lib/client/connection.ts";
import {
  type Folder,
  isModified,
  type LocalFile,
  labelsOn,
  type Seen,
  type SeenPrompt,
  writeFolder,
} from "./folder.ts";
import { withLabels } from "./prompt-file.ts";
import { filesOf, readServer } from "./server-prompts.ts";

export type Outcome = {
  /** What was done (or with `isDryRun` would be), one line each. */
  lines: string[];
  /** Why nothing was done; empty when all went well. */
  refusals: string[];
};

export type PullOptions = {
  isDryRun: boolean;
  /** Overwrites what was changed here. */
  isForced: boolean;
  /** Only these prompts. */
  names?: ReadonlySet<string>;
};

/**
 * Brings the folder to what the server has. A file that was changed here stays as it is while the server's version of
 * it is the one it was changed from; if both have changed, nothing at all is written.
 */
export async function pull(send: Send, folder: Folder, options: PullOptions): Promise<Outcome> {
  const { names } = options;
  const server = await readServer(send, names);
  const isConcerned = (name: string) => !names || names.has(name);
  const seen: Seen = Object.fromEntries(Object.entries(folder.seen).filter(([name]) => !isConcerned(name)));
  const local = new Map(folder.files.map((file) => [file.path, file]));
  const texts = new Map<string, string | null>();
  const lines: string[] = [];
  const refusals: string[] = [];

  for (const [name, prompt] of server) {
    seen[name] = prompt.seen;
    for (const [path, text] of filesOf(prompt)) {
      const held = local.get(path);
      local.delete(path);
      if (held?.text === text) continue;
      if (held && !options.isForced && isModified(held, folder.seen[name])) {
        const kept = keep(held, folder.seen[name], prompt.seen);
        if (kept === null) refusals.push(`${path} was changed here, and on the server too.`);
        else {
          lines.push(`kept      ${path} (changed here)`);
          if (kept !== held.text) texts.set(path, kept);
        }
        continue;
      }
      texts.set(path, text);
      lines.push(`${held ? "updated  " : "new      "} ${path}`);
    }
  }
  for (const held of local.values()) {
    if (!isConcerned(held.name) || !folder.seen[held.name]) continue;
    if (!options.isForced && isModified(held, folder.seen[held.name])) {
      const why = server.has(held.name) ? "has no label on the server any more" : "is gone from the server";
      refusals.push(`${held.path} was changed here, and its version ${why}.`);
      continue;
    }
    texts.set(held.path, null);
    lines.push(`removed   ${held.path}`);
  }
  if (refusals.length === 0 && !options.isDryRun) await writeFolder(folder.root, texts, seen);
  return { lines: refusals.length > 0 ? [] : lines, refusals };
}

/**
 * The text of a file that was changed here, when it can stay: its version is still the one at its place, and its
 * labels were not changed on both sides; those changed on the server only are brought up to date in it.
 */
function keep(held: LocalFile, before: SeenPrompt | undefined, now: SeenPrompt): string | null {
  if (!before || "problem" in held.file) return null;
  const number = held.olderNumber ?? before.latest;
  if (held.olderNumber === null && now.latest !== number) return null;
  const [labelsBefore, labelsNow] = [labelsOn(before, number), labelsOn(now, number)];
  if (labelsBefore.join() === labelsNow.join()) return held.text;
  const areChangedHere = [...held.file.labels].sort().join() !== labelsBefore.join();
  return areChangedHere ? null : withLabels(held.text, labelsNow);
}
