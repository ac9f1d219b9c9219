"use client";

import { ScoreForm } from "#components/scores/score-form.tsx";
import { ScoreList } from "#components/scores/score-list.tsx";
import { ThumbButtons } from "#components/scores/thumb-buttons.tsx";
import { thumbId } from "#components/scores/thumb-id.ts";
import type { Score, ScoreDefinition } from "#lib/scores/schema.ts";
import { giveScore, giveThumb } from "../../traces/actions.ts";

type SessionScoresLeafProps = {
  slug: string;
  sessionId: string;
  actorId: string;
  scores: readonly Score[];
  names: readonly string[];
  definitions: readonly ScoreDefinition[];
  mayScore: boolean;
};

/** The session's own scores, and the way to give one. */
export function SessionScoresLeaf(props: SessionScoresLeafProps) {
  const { slug, sessionId, actorId, scores, names, definitions, mayScore } = props;
  const subject = { sessionId };
  const own = scores.find((score) => score.id === thumbId(actorId, subject)) ?? null;
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      {mayScore && (
        <ThumbButtons
          about="this session"
          given={own}
          onGive={(thumb) => giveThumb(slug, { subject, thumb })}
        />
      )}
      <ScoreList scores={scores} />
      {mayScore && (
        <ScoreForm
          targets={[{ value: "session", label: "This session" }]}
          names={names}
          definitions={definitions}
          onSave={({ name, value, comment }) => giveScore(slug, { subject, name, value, comment })}
        />
      )}
    </div>
  );
}
