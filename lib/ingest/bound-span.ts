import type { SpanFacts } from "#lib/traces/span.ts";
import { isHexId } from "./otlp/to-spans.ts";

/** Characters: what is indexed must stay under a B-tree page's 2,700 bytes, at 3 bytes for each. */
const idLimit = 500;
const textLimit = 1000;
const messageLimit = 4000;
const tagsLimit = 64;
/** 9999-12-31: the end of what a Date can print and PostgreSQL's text form keeps in four digits. */
const latestUs = 253_402_300_799_000_000;
const integerLimit = 2 ** 31 - 1;

/**
 * The span with its columns cut to what they hold (`raw` keeps all of it), or why it can't be stored. Emitters
 * are not trusted: an id of a megabyte must not fail the others of its batch.
 */
export function boundSpan(span: SpanFacts): { span: SpanFacts } | { message: string } {
  if (!isHexId(span.traceId, 32))
    return { message: "traceId must be 32 hexadecimal characters, not all zero" };
  if (!isHexId(span.spanId, 16)) return { message: "spanId must be 16 hexadecimal characters, not all zero" };
  if (!Number.isFinite(span.startTimeUs) || span.startTimeUs < 0 || span.startTimeUs > latestUs) {
    return { message: "startTimeUnixNano is no time between 1970 and 9999" };
  }
  const usage = span.usage;
  return {
    span: {
      ...span,
      startTimeUs: Math.floor(span.startTimeUs),
      endTimeUs: span.endTimeUs === null ? null : Math.floor(Math.min(span.endTimeUs, latestUs)),
      name: cut(span.name, textLimit),
      errorType: cut(span.errorType, textLimit),
      errorMessage: cut(span.errorMessage, messageLimit),
      service: cut(span.service, textLimit),
      environment: cut(span.environment, textLimit),
      release: cut(span.release, textLimit),
      userId: cut(span.userId, idLimit),
      sessionId: cut(span.sessionId, idLimit),
      tags: [...new Set(span.tags.slice(0, tagsLimit).map((tag) => cut(tag, 200)))],
      provider: cut(span.provider, textLimit),
      requestModel: cut(span.requestModel, textLimit),
      responseModel: cut(span.responseModel, textLimit),
      responseId: cut(span.responseId ?? null, textLimit),
      usage: {
        ...usage,
        inputTokens: whole(usage.inputTokens),
        outputTokens: whole(usage.outputTokens),
        cachedInputTokens: whole(usage.cachedInputTokens),
        cacheWriteInputTokens: whole(usage.cacheWriteInputTokens),
        reasoningOutputTokens: whole(usage.reasoningOutputTokens),
      },
      prompt: span.prompt && {
        ...span.prompt,
        name: cut(span.prompt.name, textLimit),
        version: cut(span.prompt.version, textLimit),
      },
      assignment: span.assignment && {
        abTestKey: cut(span.assignment.abTestKey, idLimit),
        variantKey: cut(span.assignment.variantKey, idLimit),
        unitId: cut(span.assignment.unitId, idLimit),
      },
      deployment: cut(span.deployment, textLimit),
    },
  };
}

/** At most `limit` characters, without U+0000, which PostgreSQL can't store. */
function cut<Text extends string | null>(text: Text, limit: number): Text {
  if (text === null || (text.length <= limit && !text.includes("\0"))) return text;
  return text.replaceAll("\0", "").slice(0, limit) as Text;
}

function whole(count: number | null): number | null {
  return count === null || !Number.isFinite(count) || count < 0
    ? null
    : Math.min(Math.round(count), integerLimit);
}
