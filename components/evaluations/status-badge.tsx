import type { EvaluationStatus } from "#lib/evaluations/schema.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";

const tones: Record<EvaluationStatus, BadgeTone> = {
  queued: "outline",
  running: "accent",
  done: "neutral",
  canceled: "outline",
  failed: "harm",
};

const words: Record<EvaluationStatus, string> = {
  queued: "Queued",
  running: "Running",
  done: "Done",
  canceled: "Canceled",
  failed: "Failed",
};

export function EvaluationStatusBadge({ status }: { status: EvaluationStatus }) {
  return <Badge tone={tones[status]}>{words[status]}</Badge>;
}
