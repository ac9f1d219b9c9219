import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { Encoding } from "#lib/ingest/otlp/encode-response.ts";
import { proseFrom, randomFrom, readSentences } from "./prose.ts";

/** What the spans of a load carry; the same kind and seed give the same spans. */
export type BodyKind = {
  encoding: Encoding;
  spansPerRequest: number;
  seed: number;
  /** Prompts that exist, by name; a model call names one and its version 1. */
  promptNames: readonly string[];
  /** An active A/B test, which every model call then says it belongs to. */
  abTest: { key: string; variants: readonly string[] } | null;
};

export type SpanIds = { traceId: Buffer; spanId: Buffer };

const spansPerTrace = 10;
const contentLength = 1500;
const placeholderSeconds = 1_111_111_111;

/**
 * An export request as OpenTelemetry's own serializer writes it, encoded once: `stamp` writes new ids and the
 * present time over those it has, which costs the load generator next to nothing.
 */
export class Body {
  readonly bytes: Buffer;
  readonly spanCount: number;
  readonly #isJson: boolean;
  readonly #traceIds: { at: number; trace: number }[];
  readonly #spanIds: { at: number; span: number }[];
  readonly #times: { at: number; offsetNs: bigint }[];

  constructor(kind: BodyKind, body: number, makeText: (length: number) => string, random: () => number) {
    const spans = Array.from({ length: kind.spansPerRequest }, (_, index) =>
      makeSpan(kind, body, index, makeText, random),
    );
    const serializer = kind.encoding === "json" ? JsonTraceSerializer : ProtobufTraceSerializer;
    this.bytes = Buffer.from(serializer.serializeRequest(spans)!);
    this.spanCount = spans.length;
    this.#isJson = kind.encoding === "json";
    this.#traceIds = this.#find(tracePlaceholder).map(({ at, index }) => ({ at, trace: index }));
    this.#spanIds = this.#find(spanPlaceholder).map(({ at, index }) => ({ at, span: index }));
    this.#times = spans.flatMap((span, index) =>
      [span.startTime, span.endTime].map(([seconds, nanos]) => {
        const ns = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
        const text = this.#isJson ? Buffer.from(String(ns)) : littleEndian(ns);
        const at = this.bytes.indexOf(text);
        if (at < 0) throw new Error(`The time of span ${index} is not in the body.`);
        return { at, offsetNs: ns - BigInt(placeholderSeconds) * 1_000_000_000n };
      }),
    );
  }

  /** Makes the body request number `request` of the load. */
  stamp(seed: number, request: number): void {
    const startNs = BigInt(Date.now()) * 1_000_000n;
    for (const { at, trace } of this.#traceIds) this.#write(at, idOf(seed, request, trace, 0, 16));
    for (const { at, span } of this.#spanIds) this.#write(at, idOf(seed, request, span, 1, 8));
    for (const { at, offsetNs } of this.#times) {
      const ns = startNs + offsetNs;
      if (this.#isJson) this.bytes.write(String(ns), at, "latin1");
      else this.bytes.writeBigUInt64LE(ns, at);
    }
  }

  #write(at: number, id: Buffer): void {
    if (this.#isJson) this.bytes.write(id.toString("hex"), at, "latin1");
    else id.copy(this.bytes, at);
  }

  /** Where ids that begin with this placeholder lie, and which ones they are. */
  #find(placeholder: Buffer): { at: number; index: number }[] {
    const wanted = this.#isJson ? Buffer.from(placeholder.toString("hex")) : placeholder;
    const found: { at: number; index: number }[] = [];
    for (let at = this.bytes.indexOf(wanted); at >= 0; at = this.bytes.indexOf(wanted, at + 1)) {
      const next = at + wanted.length;
      const index = this.#isJson
        ? Number.parseInt(this.bytes.toString("latin1", next, next + 8), 16)
        : this.bytes.readUInt32BE(next);
      found.push({ at, index });
    }
    return found;
  }
}

/** `count` bodies of different texts. */
export function makeBodies(kind: BodyKind, count: number): Body[] {
  const random = randomFrom(kind.seed);
  const makeText = proseFrom(readSentences(), random);
  return Array.from({ length: count }, (_, body) => new Body(kind, body, makeText, random));
}

/** The ids of all spans of request number `request`. */
export function idsOf(seed: number, request: number, spansPerRequest: number): SpanIds[] {
  return Array.from({ length: spansPerRequest }, (_, span) => ({
    traceId: idOf(seed, request, Math.floor(span / spansPerTrace), 0, 16),
    spanId: idOf(seed, request, span, 1, 8),
  }));
}

/** Ids that look random, as real ones are, and can be told again (a hash in the manner of murmur's finalizer). */
function idOf(seed: number, request: number, index: number, kind: 0 | 1, length: 8 | 16): Buffer {
  const id = Buffer.allocUnsafe(length);
  for (let word = 0; word < length / 4; word++) {
    let hash = (seed ^ Math.imul(request + 1, 0x9e3779b1)) | 0;
    hash = Math.imul(hash ^ (index * 8 + word * 2 + kind), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ (request << 7), 0xc2b2ae35);
    id.writeInt32BE(hash ^ (hash >>> 16) ^ Math.imul(request, word + 3), word * 4);
  }
  return id;
}

const tracePlaceholder = Buffer.from("fee1deadfee1dead", "hex");
const spanPlaceholder = Buffer.from("facade01", "hex");

function placeholderOf(prefix: Buffer, index: number, length: 8 | 16): string {
  const id = Buffer.alloc(length);
  prefix.copy(id);
  id.writeUInt32BE(index, prefix.length);
  return id.toString("hex");
}

function littleEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

const resource = resourceFromAttributes({
  "service.name": "support-assistant",
  "service.version": "2.14.0",
  "deployment.environment.name": "production",
  "host.name": "assistant-7d9c6b5f4-x2x8p",
  "process.pid": 27,
  "process.runtime.name": "nodejs",
  "process.runtime.version": "24.21.0",
  "telemetry.sdk.language": "nodejs",
  "telemetry.sdk.name": "opentelemetry",
  "telemetry.sdk.version": "2.12.0",
});

// One object: the protobuf serializer tells scopes apart by identity.
const instrumentationScope = { name: "@opentelemetry/instrumentation-openai", version: "0.22.0" };

/** Of ten spans of a trace one is an agent, seven are model calls, two are tools; a request of one is a model call. */
function makeSpan(
  kind: BodyKind,
  body: number,
  index: number,
  makeText: (length: number) => string,
  random: () => number,
): ReadableSpan {
  const trace = Math.floor(index / spansPerTrace);
  const place = index % spansPerTrace;
  const isAlone = kind.spansPerRequest === 1;
  const isRoot = place === 0 && !isAlone;
  const isTool = place === 3 || place === 7;
  const traceId = placeholderOf(tracePlaceholder, trace, 16);
  const startNs = index * 1_000_003 + 17;
  const endNs = startNs + 400_000_000 + Math.floor(random() * 1e9);
  const context = (span: number) => ({
    traceId,
    spanId: placeholderOf(spanPlaceholder, span, 8),
    traceFlags: TraceFlags.SAMPLED,
  });
  // A trace is of one user and one conversation.
  const user = Math.imul(kind.seed + trace * 31 + body * 977, 0x9e3779b1) >>> 19;
  const common = {
    "user.id": `user-${user}`,
    "gen_ai.conversation.id": `conversation-${user}-${(trace + body) % 4}`,
  };
  const attributes = isRoot
    ? agentAttributes(makeText)
    : isTool
      ? toolAttributes(makeText, random)
      : callAttributes(kind, makeText, random);
  return {
    name: isRoot
      ? "invoke_agent support"
      : isTool
        ? "execute_tool search_orders"
        : `chat ${attributes["gen_ai.request.model"]}`,
    kind: isRoot || isTool ? SpanKind.INTERNAL : SpanKind.CLIENT,
    spanContext: () => context(index),
    ...(isRoot || isAlone ? {} : { parentSpanContext: context(trace * spansPerTrace) }),
    startTime: timeOf(startNs),
    endTime: timeOf(endNs),
    status: { code: SpanStatusCode.UNSET },
    attributes: { ...common, ...attributes },
    links: [],
    events: [],
    duration: [0, endNs - startNs],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function timeOf(offsetNs: number): [number, number] {
  return [placeholderSeconds + Math.floor(offsetNs / 1e9), offsetNs % 1e9];
}

type Attributes = ReadableSpan["attributes"];

function callAttributes(
  kind: BodyKind,
  makeText: (length: number) => string,
  random: () => number,
): Attributes {
  const promptName = kind.promptNames[Math.floor(random() * kind.promptNames.length)];
  const questionLength = Math.floor(contentLength * (0.2 + random() * 0.3));
  const model = random() < 0.5 ? "gpt-4o-mini" : "gpt-4o";
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": model,
    "gen_ai.request.temperature": 0.2,
    "gen_ai.request.max_tokens": 800,
    "gen_ai.response.model": `${model}-2024-07-18`,
    "gen_ai.response.id": `chatcmpl-${makeHex(random)}`,
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 120 + Math.floor(random() * 400),
    "gen_ai.usage.output_tokens": 40 + Math.floor(random() * 300),
    ...(promptName ? { "gen_ai.prompt.name": promptName, "gen_ai.prompt.version": "1" } : {}),
    ...(kind.abTest
      ? {
          "stemma.ab_test.key": kind.abTest.key,
          "stemma.ab_test.variant": kind.abTest.variants[Math.floor(random() * kind.abTest.variants.length)]!,
        }
      : {}),
    "gen_ai.input.messages": JSON.stringify([
      {
        role: "system",
        parts: [{ type: "text", content: "You answer customers briefly, kindly and with the paragraph." }],
      },
      { role: "user", parts: [{ type: "text", content: makeText(questionLength) }] },
    ]),
    "gen_ai.output.messages": JSON.stringify([
      {
        role: "assistant",
        parts: [{ type: "text", content: makeText(contentLength - questionLength) }],
        finish_reason: "stop",
      },
    ]),
  };
}

function agentAttributes(makeText: (length: number) => string): Attributes {
  return {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "support",
    "gen_ai.input.messages": JSON.stringify([
      { role: "user", parts: [{ type: "text", content: makeText(contentLength / 2) }] },
    ]),
    "gen_ai.output.messages": JSON.stringify([
      { role: "assistant", parts: [{ type: "text", content: makeText(contentLength / 2) }] },
    ]),
  };
}

function toolAttributes(makeText: (length: number) => string, random: () => number): Attributes {
  return {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "search_orders",
    "gen_ai.tool.call.id": `call_${makeHex(random)}`,
    "gen_ai.tool.call.arguments": JSON.stringify({ query: makeText(contentLength / 5), limit: 20 }),
    "gen_ai.tool.call.result": JSON.stringify({
      found: [1, 2, 3, 4].map((number) => ({
        order: `A-${Math.floor(random() * 1e6)}`,
        position: number,
        note: makeText(contentLength / 5),
      })),
    }),
  };
}

function makeHex(random: () => number): string {
  return Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, "0");
}
