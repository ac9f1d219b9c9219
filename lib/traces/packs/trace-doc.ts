/** A trace as lists, charts and searches know it. Sums are of its leaf model calls; what is missing is null. */
export type TraceDoc = {
  traceId: string;
  /** Of its first span. */
  startUs: number;
  /** From its first span's start to its last span's end; null while its root has not ended. */
  durationUs: number | null;
  costUsd: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  firstTokenMs: number | null;
  hasError: boolean;
  /** The root's, else the first that a span says. */
  userId: string | null;
  sessionId: string | null;
  signatures: Signature[];
  /** What can be looked up: see `termOf`. */
  terms: readonly string[];
};

/** What a filter can ask of one and the same span, in this order. */
export const signatureFields = [
  "operation",
  "provider",
  "requestModel",
  "responseModel",
  "promptName",
  "promptVersion",
  "promptVersionId",
  "modelVersionId",
  "abTest",
  "variant",
  "deployment",
  "errorType",
  "status",
  "environment",
  "release",
  "service",
] as const;
export type SignatureField = (typeof signatureFields)[number];
/** A span's values of these fields. Few of a project's spans differ in all of them. */
export type Signature = readonly (string | null)[];

export const signatureIndex = Object.fromEntries(
  signatureFields.map((field, index) => [field, index]),
) as Record<SignatureField, number>;

/** The kinds of terms that traces are looked up by. */
const termKinds = { word: "w", user: "u", session: "s", tag: "t", name: "n" } as const;
export type TermKind = keyof typeof termKinds;

/** A term as it is indexed. Values longer than this are told apart by their beginning. */
export function termOf(kind: TermKind, value: string): string {
  return termKinds[kind] + (value.length > valueLimit ? value.slice(0, valueLimit) : value);
}

const valueLimit = 500;

/** A span, as far as its trace's doc is made of it. */
export type DocSpan = {
  traceId: string;
  spanId: string;
  hasParent: boolean;
  startUs: number;
  durationUs: number | null;
  isModelCall: boolean;
  costUsd: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  firstTokenMs: number | null;
  name: string;
  isError: boolean;
  userId: string | null;
  sessionId: string | null;
  tags: readonly string[] | null;
  signature: Signature;
};

/** The docs of these spans' traces; `words` are the terms of what they said, by trace. Pure. */
export function toDocs(
  spans: Iterable<DocSpan>,
  words: ReadonlyMap<string, ReadonlySet<string>>,
): TraceDoc[] {
  const byTrace = new Map<string, DocSpan[]>();
  for (const span of spans) {
    const own = byTrace.get(span.traceId);
    if (own) own.push(span);
    else byTrace.set(span.traceId, [span]);
  }
  return [...byTrace].map(([traceId, own]) => toDoc(traceId, own, words.get(traceId) ?? none));
}

const none: ReadonlySet<string> = new Set();

function toDoc(traceId: string, spans: DocSpan[], words: ReadonlySet<string>): TraceDoc {
  spans.sort(byPlace);
  const calls = spans.filter((span) => span.isModelCall);
  const inTime = calls.length > 1 ? calls.toSorted((a, b) => a.startUs - b.startUs) : calls;
  const startUs = spans.reduce((least, span) => Math.min(least, span.startUs), Number.POSITIVE_INFINITY);
  const endUs = spans.reduce((most, span) => Math.max(most, span.startUs + (span.durationUs ?? 0)), 0);
  const signatures = new Map(spans.map((span) => [span.signature.join("\u0001"), span.signature]));
  return {
    traceId,
    startUs,
    durationUs: spans[0]!.durationUs === null ? null : endUs - startUs,
    costUsd: sumOf(calls, "costUsd"),
    inputTokens: sumOf(calls, "inputTokens"),
    outputTokens: sumOf(calls, "outputTokens"),
    firstTokenMs: inTime.find((span) => span.firstTokenMs !== null)?.firstTokenMs ?? null,
    hasError: spans.some((span) => span.isError),
    userId: spans.find((span) => span.userId !== null)?.userId ?? null,
    sessionId: spans.find((span) => span.sessionId !== null)?.sessionId ?? null,
    signatures: [...signatures.values()],
    terms: termsOf(spans, words),
  };
}

/** The root first, then in order of start. */
function byPlace(a: DocSpan, b: DocSpan): number {
  if (a.hasParent !== b.hasParent) return a.hasParent ? 1 : -1;
  return a.startUs - b.startUs || (a.spanId < b.spanId ? -1 : 1);
}

function sumOf(spans: readonly DocSpan[], field: "costUsd" | "inputTokens" | "outputTokens"): number | null {
  let sum: number | null = null;
  for (const span of spans) if (span[field] !== null) sum = (sum ?? 0) + span[field];
  return sum;
}

function termsOf(spans: readonly DocSpan[], words: ReadonlySet<string>): string[] {
  const terms = new Set<string>();
  for (const span of spans) {
    terms.add(termOf("name", span.name));
    if (span.userId !== null) terms.add(termOf("user", span.userId));
    if (span.sessionId !== null) terms.add(termOf("session", span.sessionId));
    for (const tag of span.tags ?? []) terms.add(termOf("tag", tag));
  }
  return [...words, ...terms];
}
