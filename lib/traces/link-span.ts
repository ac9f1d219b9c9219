import { priceOf } from "#lib/models/pricing.ts";
import type { SpanVersion } from "./merge-spans.ts";
import type { AssignmentReference, PromptReference, SpanFacts } from "./span.ts";
import { modelCallOperations } from "./span.ts";
import type { AbTestLink, Links, VariantLink } from "./store/links.ts";
import type { StoredSpan } from "./store/stored-span.ts";

/**
 * The span as it is stored: its prompt, model and A/B test resolved where the catalogue has them, its call priced
 * where its emitter did not. What can't be resolved keeps its words and is tried again by `relinkSpans`.
 */
export function linkSpan(
  projectId: string,
  { span, content }: SpanVersion,
  links: Links,
  receivedAtUs: number,
): StoredSpan {
  const abTest = span.assignment && links.abTest(span.assignment.abTestKey);
  const variant = abTest?.variants.get(span.assignment!.variantKey) ?? null;
  const isModelCall = modelCallOperations.includes(span.operation);
  const linked: SpanFacts = {
    ...span,
    prompt: linkPrompt(span.prompt, variant, links),
    assignment: span.assignment && { ...span.assignment, unitId: unitOf(span, span.assignment, abTest) },
    cost: isModelCall ? priced(span, links) : span.cost,
  };
  return {
    projectId,
    span: linked,
    content,
    isModelCall,
    modelVersionId: isModelCall ? modelVersionOf(span, variant, links) : (span.modelVersionId ?? null),
    abTestId: abTest?.id ?? null,
    receivedAtUs,
  };
}

/** A span that names no prompt, but a variant, used that variant's prompt version. */
function linkPrompt(
  prompt: PromptReference | null,
  variant: VariantLink | null,
  links: Links,
): PromptReference | null {
  if (!prompt) {
    return (
      variant && {
        name: variant.promptName,
        version: variant.promptVersion,
        versionId: variant.promptVersionId,
      }
    );
  }
  if (prompt.versionId) return prompt;
  if (prompt.version === null && variant?.promptName === prompt.name) {
    return { ...prompt, versionId: variant.promptVersionId };
  }
  return { ...prompt, versionId: links.promptVersionId(prompt.name, prompt.version) };
}

function unitOf(span: SpanFacts, assignment: AssignmentReference, abTest: AbTestLink | null): string | null {
  if (assignment.unitId !== null) return assignment.unitId;
  if (abTest?.unitKind === "user") return span.userId;
  return abTest?.unitKind === "session" ? span.sessionId : null;
}

/** Several registered versions may call one provider's model: the variant's own, else the newest. */
function modelVersionOf(span: SpanFacts, variant: VariantLink | null, links: Links): string | null {
  if (span.modelVersionId) return span.modelVersionId;
  for (const name of [span.requestModel, span.responseModel]) {
    const ids = name === null ? [] : links.modelVersionIds(name);
    if (variant && ids.includes(variant.modelVersionId)) return variant.modelVersionId;
    if (ids.length > 0) return ids[0]!;
  }
  return null;
}

/** The answering model prices the call, else the one that was asked for. */
function priced(span: SpanFacts, links: Links): SpanFacts["cost"] {
  if (span.cost.source === "reported") return span.cost;
  const at = new Date(span.startTimeUs / 1000);
  const usd =
    priceOf(span.usage, span.responseModel, at, links.prices) ??
    priceOf(span.usage, span.requestModel, at, links.prices);
  return usd === null ? { usd: null, source: "missing" } : { usd, source: "computed" };
}

/**
 * Unmarks the model calls that are the parent of another in this batch: two instrumentations of one call both
 * report its tokens, and only the leaf counts.
 */
export function keepLeafCalls(rows: StoredSpan[]): void {
  const parents = new Set<string>();
  for (const { span, isModelCall } of rows) {
    if (isModelCall && span.parentSpanId) parents.add(`${span.traceId}${span.parentSpanId}`);
  }
  if (parents.size === 0) return;
  for (const row of rows) {
    if (row.isModelCall && parents.has(`${row.span.traceId}${row.span.spanId}`)) row.isModelCall = false;
  }
}
