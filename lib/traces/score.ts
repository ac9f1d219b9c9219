/** A score about a span, a trace or a session, as it is read. */
export type Score = {
  id: string;
  name: string;
  value: number | boolean | string;
  traceId: string | null;
  spanId: string | null;
  sessionId: string | null;
  source: "api" | "person" | "judge" | "evaluator";
  comment: string | null;
  author: string | null;
  createdAt: string;
  updatedAt: string;
};
