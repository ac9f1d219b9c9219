import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { connect } from "#lib/client/connection.ts";
import { StemmaError } from "#lib/client/errors.ts";
import { CliError } from "./cli-error.ts";
import { diff } from "./diff.ts";
import { readFolder } from "./folder.ts";
import { type Outcome, pull } from "./pull.ts";
import { push } from "./push.ts";

export const usage = `stemma pull [folder]   Write the server's prompts into the folder (default: prompts).
stemma push [folder]   Save what was changed in the folder as new versions.
stemma diff [folder]   Show what differs.

  --dry-run            Say what would be done, and do nothing.
  --force              pull: overwrite what was changed here.
  --labels             push: also move labels to where the files have them.
  --message TEXT       push: what changed and why.

STEMMA_URL is the server's address (default: http://localhost:3000), STEMMA_KEY a secret API key.
Ends with 0 when all is well, 1 when there are differences or a push or pull was refused, 2 when it failed.
`;

export type Terminal = { out(text: string): void; error(text: string): void };

/** Runs one command and tells its exit code. */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  try {
    const { command, folder: path, options } = parse(args);
    if (command === "help") {
      terminal.out(usage);
      return 0;
    }
    const send = connect({
      baseUrl: environment.STEMMA_URL || "http://localhost:3000",
      key: environment.STEMMA_KEY || missingKey(),
      // A save that is sent twice would be refused the second time; what failed is simply run again.
      retries: command === "push" ? 0 : 2,
      timeoutMs: 30_000,
    });
    const folder = await readFolder(resolve(path));
    if (command === "diff") {
      const differences = await diff(send, folder);
      for (const { patch } of differences) terminal.out(patch);
      for (const { path: file, side } of differences) terminal.error(`${sides[side]} ${file}\n`);
      return differences.length > 0 ? 1 : 0;
    }
    const outcome =
      command === "pull" ? await pull(send, folder, options) : await push(send, folder, options);
    return tell(command, outcome, options.isDryRun, terminal);
  } catch (error) {
    if (!(error instanceof CliError) && !(error instanceof StemmaError)) throw error;
    const issues = error instanceof StemmaError ? error.issues : [];
    terminal.error(
      `${[error.message, ...issues.map((each) => `  ${each.path}: ${each.message}`)].join("\n")}\n`,
    );
    return error instanceof StemmaError && error.code === "conflict" ? 1 : 2;
  }
}

const sides = { here: "changed here:     ", server: "changed on server:", both: "changed in both:  " };

function tell(command: "pull" | "push", outcome: Outcome, isDryRun: boolean, terminal: Terminal): 0 | 1 {
  const { lines, refusals } = outcome;
  if (refusals.length > 0) {
    const advice =
      command === "pull"
        ? "Nothing was written. Push or undo your changes first, or pull --force to lose them."
        : "Nothing was pushed. Pull (keep your changes aside), put them in again, and push.";
    terminal.error(`${[...refusals, advice].join("\n")}\n`);
    return 1;
  }
  for (const line of lines) terminal.out(`${isDryRun ? "would be " : ""}${line}\n`);
  if (lines.length === 0) terminal.out("Nothing to do.\n");
  return 0;
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "dry-run": { type: "boolean", default: false },
        force: { type: "boolean", default: false },
        labels: { type: "boolean", default: false },
        message: { type: "string", default: "Pushed from files" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [command = "help", folder = "prompts", ...more] = positionals;
    if (more.length > 0) throw new CliError(`One folder at a time: what is “${more[0]}”?\n\n${usage}`);
    const options = {
      isDryRun: values["dry-run"],
      isForced: values.force,
      movesLabels: values.labels,
      message: values.message,
    };
    if (values.help || command === "help") return { command: "help" as const, folder, options };
    if (command !== "pull" && command !== "push" && command !== "diff") {
      throw new CliError(`There is no command “${command}”.\n\n${usage}`);
    }
    return { command, folder, options } as const;
  } catch (error) {
    if (error instanceof CliError || !(error instanceof TypeError)) throw error;
    throw new CliError(`${error.message.split(". ", 1)[0]}.\n\n${usage}`);
  }
}

function missingKey(): never {
  throw new CliError("Set STEMMA_KEY to a secret API key of the project (Settings → API keys).");
}
