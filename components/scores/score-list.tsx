import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import type { Score } from "#lib/scores/schema.ts";
import { ScoreValue } from "./score-value.tsx";

type ScoreListProps = {
  scores: readonly Score[];
  /** The span being looked at: its scores are told from those of the whole trace. */
  spanId?: string;
};

/** Scores with who gave them, when, and why. */
export function ScoreList({ scores, spanId }: ScoreListProps) {
  if (scores.length === 0) {
    return (
      <p className="text-muted">
        No scores yet. People give them here, programs through <code>POST /api/v1/scores</code>.
      </p>
    );
  }
  return (
    <Table label="Scores">
      <thead>
        <tr>
          <Th>Score</Th>
          <Th>Value</Th>
          <Th>About</Th>
          <Th>From</Th>
          <Th>When</Th>
        </tr>
      </thead>
      <tbody>
        {scores.map((score) => (
          <tr key={score.id}>
            <Td>
              <span className="font-medium">{score.name}</span>
              {score.comment && (
                <span className="block max-w-prose break-words whitespace-pre-wrap text-muted">
                  {score.comment}
                </span>
              )}
            </Td>
            <Td>
              <ScoreValue score={score} />
            </Td>
            <Td>{aboutOf(score, spanId)}</Td>
            <Td>{score.author ? `${score.author} (${score.source})` : score.source}</Td>
            <Td>
              <RelativeTime value={score.createdAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function aboutOf(score: Score, spanId: string | undefined): string {
  if (score.spanId !== null) return score.spanId === spanId ? "this span" : "another span";
  return score.traceId !== null ? "the trace" : "the session";
}
