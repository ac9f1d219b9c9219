/** The name of the boolean score that the thumbs give. */
export const thumbsName = "thumbs";

/** What is scored: a span of a trace, a whole trace, or a session. */
export type ScoreSubject = { traceId: string; spanId?: string } | { sessionId: string };

/** The id of a person's one thumb about something: given again under it, it replaces the earlier one. */
export function thumbId(actorId: string, subject: ScoreSubject): string {
  if ("sessionId" in subject) return `thumbs:${actorId}:session:${subject.sessionId}`;
  return `thumbs:${actorId}:${subject.traceId}:${subject.spanId ?? ""}`;
}
