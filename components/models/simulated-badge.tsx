import { Badge } from "../ui/badge.tsx";

/** Says wherever a model is shown that it is no real one. */
export function SimulatedBadge() {
  return (
    <Badge
      tone="simulated"
      title="Answers are made up by the built-in rehearsal provider, not by a real model."
    >
      Simulated
    </Badge>
  );
}
