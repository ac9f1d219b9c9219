import { systemContext } from "#lib/core/context.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";
import type { AbTest } from "./definition.ts";
import { lockAbTest } from "./queries.ts";
import { recordDecision } from "./record-decision.ts";
import type { Verdict, VerdictState } from "./verdict.ts";

export type NotedVerdict = {
  /** When it first said "ship-ready" or "harm": an anytime-valid crossing stays one. */
  firstReached: { state: VerdictState; at: Date } | null;
  /** What it was before, if this look changed it: then, once in the whole fleet, what follows from it is due. */
  changedFrom: VerdictState | null;
};

/**
 * Appends a change of verdict to the decision log. Under the test's lock, so of several looks at once one notes it.
 * A test that is not running, or has not started, changes nothing any more.
 */
export async function noteVerdict(projectId: string, test: AbTest, verdict: Verdict): Promise<NotedVerdict> {
  const log = await readLog(projectId, test.id);
  const isSettled = !test.startedAt || test.stoppedAt || stateOf(log) === verdict.state;
  if (isSettled) return { firstReached: firstOf(log), changedFrom: null };
  return prisma().$transaction(async (tx) => {
    await lockAbTest(tx, projectId, test.key);
    const before = await readLog(projectId, test.id, tx);
    if (stateOf(before) === verdict.state) return { firstReached: firstOf(before), changedFrom: null };
    await recordDecision(tx, systemContext(projectId, "Stemma"), {
      abTestId: test.id,
      kind: "verdict_changed",
      note: verdict.sentence,
      evidence: verdict,
    });
    return { firstReached: firstOf(await readLog(projectId, test.id, tx)), changedFrom: stateOf(before) };
  });
}

type Entry = { at: Date; state: VerdictState };

async function readLog(projectId: string, abTestId: string, db: Transaction = prisma()): Promise<Entry[]> {
  const rows = await db.abDecision.findMany({
    where: { projectId, abTestId, kind: "verdict_changed" },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  return rows.map(({ at, evidence }) => ({ at, state: (evidence as { state: VerdictState }).state }));
}

function stateOf(log: Entry[]): VerdictState {
  return log.at(-1)?.state ?? "collecting";
}

function firstOf(log: Entry[]): NotedVerdict["firstReached"] {
  return log.find(({ state }) => state === "ship_ready" || state === "harm") ?? null;
}
