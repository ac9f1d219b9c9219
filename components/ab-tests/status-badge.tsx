import { Badge, type BadgeTone } from "#components/ui/badge.tsx";
import type { AbTestStatus } from "#lib/abtests/definition.ts";
import type { VerdictState } from "#lib/abtests/verdict.ts";

/** Whether units are being assigned. */
export function StatusBadge({ status }: { status: AbTestStatus }) {
  return <Badge tone={statusTones[status]}>{statusWords[status]}</Badge>;
}

/** What the statistics allow to say. */
export function VerdictBadge({ state }: { state: VerdictState }) {
  return <Badge tone={verdictTones[state]}>{verdictWords[state]}</Badge>;
}

const statusWords: Record<AbTestStatus, string> = {
  draft: "Draft",
  running: "Running",
  paused: "Paused",
  stopped: "Stopped",
  concluded: "Concluded",
};

const statusTones: Record<AbTestStatus, BadgeTone> = {
  draft: "outline",
  running: "accent",
  paused: "unresolved",
  stopped: "neutral",
  concluded: "neutral",
};

export const verdictWords: Record<VerdictState, string> = {
  not_started: "Not started",
  collecting: "Collecting",
  invalid: "Invalid data",
  harm: "Harm",
  ship_ready: "Ship-ready",
  no_meaningful_difference: "No meaningful difference",
  keep_running: "Keep running",
  inconclusive: "Inconclusive",
};

export const verdictTones: Record<VerdictState, BadgeTone> = {
  not_started: "outline",
  collecting: "neutral",
  invalid: "harm",
  harm: "harm",
  ship_ready: "better",
  no_meaningful_difference: "neutral",
  keep_running: "unresolved",
  inconclusive: "unresolved",
};
