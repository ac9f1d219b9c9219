import type { Send } from "#lib/client/connection.ts";
import { AppError } from "#lib/core/errors.ts";
import { checkContent } from "#lib/prompts/check-content.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { CliError } from "./cli-error.ts";
import { type Folder, type LocalFile, readFolder, type SeenPrompt } from "./folder.ts";
import type { PromptFile } from "./prompt-file.ts";
import { type Outcome, pull } from "./pull.ts";
import { readServer, type ServerPrompt } from "./server-prompts.ts";

export type PushOptions = {
  isDryRun: boolean;
  /** Moves labels to where the files have them. */
  movesLabels: boolean;
  /** What changed and why: the message of the versions and the reason of the moves. */
  message: string;
};

type Save = { name: string; content: PromptContent; expectedLatest: number };
type Move = { name: string; label: string; from: number | null; to: number | "saved" };
type Plan = { saves: Save[]; moves: Move[]; lines: string[]; refusals: string[] };

/**
 * Saves each newest file that was changed here as its prompt's next version, and with `movesLabels` moves labels to
 * where the files have them. All is checked before anything is sent: a prompt or label that somebody changed on the
 * server since it was last pulled refuses the whole push. A push that is repeated does nothing.
 */
export async function push(send: Send, folder: Folder, options: PushOptions): Promise<Outcome> {
  requireReadable(folder.files);
  const server = await readServer(send);
  const plan: Plan = { saves: [], moves: [], lines: [], refusals: [] };
  const byName = Map.groupBy(folder.files, (file) => file.name);
  for (const [name, files] of byName) {
    planPrompt(plan, name, files, folder.seen[name], server.get(name));
    planMoves(plan, name, files, folder.seen[name], server.get(name), options.movesLabels);
  }
  if (plan.refusals.length > 0) return { lines: [], refusals: plan.refusals };
  const lines = [...plan.lines];
  const saved = new Map<string, number>();
  for (const save of plan.saves) {
    if (!options.isDryRun) saved.set(save.name, await sendSave(send, save, options.message));
    lines.push(`saved     ${save.name}, version ${saved.get(save.name) ?? save.expectedLatest + 1}`);
  }
  for (const move of plan.moves) {
    const toVersion = move.to === "saved" ? (saved.get(move.name) ?? 0) : move.to;
    if (!options.isDryRun) await sendMove(send, move, toVersion, options.message);
    const to = toVersion === 0 ? "the version saved" : `version ${toVersion}`;
    lines.push(`moved     ${move.name}, ${move.label} to ${to}`);
  }
  const names = new Set([...saved.keys(), ...plan.moves.map((move) => move.name)]);
  if (names.size > 0 && !options.isDryRun) {
    await pull(send, await readFolder(folder.root), { isDryRun: false, isForced: true, names });
  }
  return { lines, refusals: [] };
}

function planPrompt(
  plan: Plan,
  name: string,
  files: LocalFile[],
  seen: SeenPrompt | undefined,
  remote: ServerPrompt | undefined,
): void {
  for (const { path, olderNumber, file } of files) {
    if (olderNumber === null || !isRead(file) || file.digest === seen?.digests[olderNumber]) continue;
    plan.refusals.push(
      `${path}: version ${olderNumber} can never change. Make your change in the newest one's file.`,
    );
  }
  const newest = files.find((each) => each.olderNumber === null);
  if (!newest || !isRead(newest.file)) return;
  const { content, digest } = newest.file;
  if (!remote) {
    if (seen) plan.refusals.push(`${newest.path}: the prompt was archived or renamed on the server.`);
    else plan.saves.push({ name, content, expectedLatest: 0 });
    return;
  }
  const { latest, digests } = remote.seen;
  if (digest === digests[latest]) return;
  const isChangedHere = digest !== seen?.digests[seen.latest];
  if (seen?.latest === latest) plan.saves.push({ name, content, expectedLatest: latest });
  else if (!isChangedHere)
    plan.lines.push(`behind    ${newest.path} (the server has version ${latest}: pull)`);
  else {
    const { authorName } = remote.versions.find((version) => version.number === latest)!;
    const since = seen ? `since version ${seen.latest}, which this was changed from` : "and was never pulled";
    plan.refusals.push(`${newest.path}: the server has version ${latest} by ${authorName} ${since}.`);
  }
}

function planMoves(
  plan: Plan,
  name: string,
  files: LocalFile[],
  seen: SeenPrompt | undefined,
  remote: ServerPrompt | undefined,
  movesLabels: boolean,
): void {
  const wanted = new Map<string, number | "saved">();
  for (const { path, olderNumber, file } of files) {
    for (const label of isRead(file) ? file.labels : []) {
      if (wanted.has(label)) plan.refusals.push(`${path}: ${label} is also in another file of ${name}.`);
      wanted.set(label, olderNumber ?? numberOf(file));
    }
  }
  for (const [label, to] of wanted) {
    const before = seen?.labels[label] ?? null;
    const now = remote?.seen.labels[label] ?? null;
    if (now === to || before === to) continue;
    if (!movesLabels) {
      // A label that stays behind while its file goes on to a new version was not asked to move.
      if (to !== "saved" || before === null)
        plan.lines.push(`not moved ${name}, ${label} (push --labels moves it)`);
      continue;
    }
    if (now !== before) {
      const at = now === null ? "was taken away" : `points at version ${now}`;
      plan.refusals.push(`${name}: ${label} ${at} on the server since it was last pulled.`);
    } else plan.moves.push({ name, label, from: now, to });
  }

  /** The version that the newest file is, or will be. */
  function numberOf(file: LocalFile["file"]): number | "saved" {
    if (plan.saves.some((save) => save.name === name)) return "saved";
    const latest = remote?.seen.latest;
    const isLatest = latest !== undefined && isRead(file) && file.digest === remote?.seen.digests[latest];
    return isLatest ? latest : (seen?.latest ?? "saved");
  }
}

function requireReadable(files: readonly LocalFile[]): void {
  const problems = files.flatMap(({ path, file }) => {
    if (!isRead(file)) return [`${path}: ${file.problem}`];
    try {
      checkContent(file.content);
      return [];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const issues = error.issues.length > 0 ? error.issues : [{ path: "", message: error.message }];
      return issues.map((issue) => `${path}: ${issue.path.replace("content.", "")}: ${issue.message}`);
    }
  });
  if (problems.length > 0) throw new CliError(problems.join("\n"));
}

function isRead(file: LocalFile["file"]): file is PromptFile {
  return !("problem" in file);
}

/** The number the content has now as the newest version. */
async function sendSave(send: Send, save: Save, message: string): Promise<number> {
  const { name, content, expectedLatest } = save;
  const body = {
    name,
    content,
    message,
    expectedLatest,
    ...(expectedLatest > 0 && { parentNumber: expectedLatest }),
  };
  const answer = await send({ method: "POST", path: "/api/v1/prompts", body });
  const { number, isNew } = (await answer.json()) as { number: number; isNew: boolean };
  if (isNew) return number;
  // The content of an older version, as after a `git revert`: it comes to the front as a version of its own.
  const path = `/api/v1/prompts/${encodeURIComponent(name)}/revert`;
  const reverted = await send({ method: "POST", path, body: { toNumber: number, message } });
  return ((await reverted.json()) as { number: number }).number;
}

async function sendMove(send: Send, move: Move, toVersion: number, reason: string): Promise<void> {
  await send({
    method: "PUT",
    path: `/api/v1/prompts/${encodeURIComponent(move.name)}/labels/${encodeURIComponent(move.label)}`,
    body: { toVersion, reason, expectedFrom: move.from },
  });
}
