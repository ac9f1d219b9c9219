import { context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { PbfWriter } from "pbf";
import { expect, test } from "vitest";
import { decodeTracesJson } from "./decode-json.ts";
import { decodeTracesProtobuf } from "./decode-protobuf.ts";
import { toSpans } from "./to-spans.ts";

function record(write: (root: Span, child: Span) => void) {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "shop", "deployment.environment.name": "staging" }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer("test", "1.2.3");
  const root = tracer.startSpan("root", { kind: SpanKind.SERVER });
  const child = tracer.startSpan(
    "chat gpt-4o",
    { kind: SpanKind.CLIENT },
    trace.setSpan(context.active(), root),
  );
  write(root, child);
  child.end();
  root.end();
  return exporter.getFinishedSpans();
}

test("one conversation through JSON and through protobuf ends in equal spans", () => {
  const spans = record((root, child) => {
    root.setAttributes({
      "user.id": "u-1",
      "session.id": "s-1",
      big: 2 ** 53 - 1,
      negative: -7,
      ratio: 0.25,
    });
    child.setAttributes({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 1200,
      "gen_ai.usage.output_tokens": 3,
      "gen_ai.prompt.name": "greet",
      "gen_ai.prompt.version": "v3",
      "gen_ai.prompt.variable.name": "Ada — Ł💡",
      "gen_ai.response.finish_reasons": ["stop", "length"],
      "stemma.ab_test.key": "tone",
      "stemma.ab_test.variant": "B",
      flags: [true, false],
    });
    child.addEvent("gen_ai.choice", { index: 0 });
    child.recordException(new Error("no"));
    child.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
  });
  const json = toSpans(
    decodeTracesJson(Buffer.from(JsonTraceSerializer.serializeRequest(spans)!).toString()),
  );
  const protobuf = toSpans(decodeTracesProtobuf(ProtobufTraceSerializer.serializeRequest(spans)!));
  expect(protobuf).toEqual(json);
  expect(json.rejected).toEqual([]);
  expect(json.spans[0]).toMatchObject({
    operation: "chat",
    status: "error",
    errorType: "Error",
    prompt: { name: "greet", version: "v3" },
    assignment: { abTestKey: "tone", variantKey: "B", unitId: null },
    environment: "staging",
    usage: { inputTokens: 1200, outputTokens: 3 },
  });
  expect(json.spans[0]!.parentSpanId).toBe(json.spans[1]!.spanId);
  expect(json.spans[1]!.raw.attributes).toMatchObject({ big: 2 ** 53 - 1, negative: -7, ratio: 0.25 });
});

test("a 64-bit integer that a double can't hold keeps its digits in both encodings", () => {
  // key "n", intValue -9007199254740995: the varint is written out by hand, since no encoder of a number can.
  const digits = BigInt.asUintN(64, -9007199254740995n);
  const varint: number[] = [];
  for (let rest = digits; rest > 0n; rest >>= 7n)
    varint.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
  const nested = (field: number, bytes: number[]) => [(field << 3) | 2, bytes.length, ...bytes];
  const attribute = [...nested(1, [0x6e]), ...nested(2, [0x18, ...varint])];
  const span = [
    ...nested(1, Array(16).fill(1)),
    ...nested(2, Array(8).fill(2)),
    ...[0x39, 1, 0, 0, 0, 0, 0, 0, 0],
    ...nested(9, attribute),
  ];
  const bytes = Uint8Array.from(nested(1, nested(2, nested(2, span))));
  const attributes = [{ key: "n", value: { intValue: "-9007199254740995" } }];
  const body = { traceId: "01".repeat(16), spanId: "02".repeat(8), startTimeUnixNano: 1, attributes };
  const json = toSpans(
    decodeTracesJson(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [body] }] }] })),
  );
  const protobuf = toSpans(decodeTracesProtobuf(bytes));
  expect(protobuf.spans[0]!.raw.attributes).toEqual({ n: "-9007199254740995" });
  expect(json.spans[0]!.raw.attributes).toEqual({ n: "-9007199254740995" });
});

test("truncated or foreign bytes are refused as invalid input, whatever they are", () => {
  const spans = record(() => {});
  const whole = ProtobufTraceSerializer.serializeRequest(spans)!;
  for (let length = 1; length < whole.length; length++) {
    expect(() => decodeTracesProtobuf(whole.subarray(0, length))).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
  }
  for (const text of ["", "{", "[]", "null", '{"resourceSpans":{}}', '{"resourceSpans":[1]}']) {
    expect(() => decodeTracesJson(text)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  }
});

test("values nested past the limit are refused in both encodings, not followed", () => {
  const depth = 100_000;
  const value = `${'{"arrayValue":{"values":['.repeat(depth)}{}${"]}}".repeat(depth)}`;
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"deep","value":${value}}]}]}]}]}`;
  expect(() => decodeTracesJson(text)).toThrow(expect.objectContaining({ code: "invalid_input" }));

  const nested = (field: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([(field << 3) | 2]), varint(bytes.length), bytes]);
  let bytes = Buffer.from([]);
  for (let i = 0; i < 5000; i++) bytes = nested(5, nested(1, bytes));
  const attribute = nested(2, bytes);
  const body = nested(1, nested(2, nested(2, nested(9, attribute))));
  expect(() => decodeTracesProtobuf(body)).toThrow(/nested more than 64 deep/);
});

test("ids are accepted in either case; a span with a bad one is rejected alone, with its reason", () => {
  const good = {
    traceId: "ABCDEF0123456789ABCDEF0123456789",
    spanId: "ABCDEF0123456789",
    startTimeUnixNano: "5000",
  };
  const request = {
    resourceSpans: [
      {
        scopeSpans: [
          {
            unknownField: 1,
            spans: [
              good,
              { ...good, traceId: "" },
              { ...good, spanId: "0".repeat(16) },
              { ...good, startTimeUnixNano: "0" },
            ],
          },
        ],
      },
    ],
  };
  const { spans, rejected } = toSpans(decodeTracesJson(JSON.stringify(request)));
  expect(spans.map(({ traceId, spanId, startTimeUs }) => ({ traceId, spanId, startTimeUs }))).toEqual([
    { traceId: "abcdef0123456789abcdef0123456789", spanId: "abcdef0123456789", startTimeUs: 5 },
  ]);
  expect(rejected.map(({ message }) => message.split(" ")[0])).toEqual([
    "traceId",
    "spanId",
    "startTimeUnixNano",
  ]);
});

function varint(number: number): Buffer {
  const bytes: number[] = [];
  for (let rest = number; rest > 0 || bytes.length === 0; rest >>>= 7)
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.from(bytes);
}

test("unknown fields are ignored, an empty value is null, bytes stay base64, and of duplicate keys the last wins", () => {
  const span = {
    traceId: "5B8EFFF798038103D269B633813FC60C",
    spanId: "eee19b7ec3c1b174",
    startTimeUnixNano: 1_544_712_660_000_000_000,
    kind: 2,
    notYetKnown: { deep: [1, 2] },
    attributes: [
      { key: "empty", value: {} },
      { key: "bytes", value: { bytesValue: "AQID" } },
      { key: "index", value: { stringValueStrindex: 3 } },
      { key: "twice", value: { stringValue: "first" } },
      { key: "twice", value: { intValue: "2" } },
    ],
  };
  const [group] = decodeTracesJson(
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }], schemaUrl: "x" }], more: true }),
  );
  const attributes = { empty: null, bytes: "AQID", index: null, twice: 2 };
  expect(group!.items[0]).toMatchObject({ attributes, kind: 2 });

  const pbf = new PbfWriter();
  const text = (tag: number, value: string) => (_: null, inner: PbfWriter) =>
    inner.writeStringField(tag, value);
  const pair = (key: string, write: (value: PbfWriter) => void) => (_: null, attribute: PbfWriter) => {
    attribute.writeStringField(1, key);
    attribute.writeMessage(2, (_none: null, value) => write(value), null);
  };
  pbf.writeMessage(
    1,
    (_: null, resourceSpans) => {
      resourceSpans.writeMessage(99, text(1, "from a later version"), null);
      resourceSpans.writeMessage(
        2,
        (_none: null, scopeSpans) => {
          scopeSpans.writeMessage(
            2,
            (_nil: null, message) => {
              message.writeMessage(
                9,
                pair("empty", () => {}),
                null,
              );
              message.writeMessage(
                9,
                pair("bytes", (value) => value.writeBytesField(7, Buffer.from([1, 2, 3]))),
                null,
              );
              // string_value_strindex, of the profiles signal.
              message.writeMessage(
                9,
                pair("index", (value) => value.writeVarintField(8, 3)),
                null,
              );
              message.writeMessage(
                9,
                pair("twice", (value) => value.writeStringField(1, "first")),
                null,
              );
              message.writeMessage(
                9,
                pair("twice", (value) => value.writeVarintField(3, 2)),
                null,
              );
              message.writeStringField(77, "unknown");
            },
            null,
          );
        },
        null,
      );
    },
    null,
  );
  expect(decodeTracesProtobuf(pbf.finish())[0]!.items[0]).toMatchObject({ attributes });
});

test("a key that collides with another in the reader's memory, or is not ASCII, is still itself", () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `key.${i.toString(36)}${i % 7 === 0 ? ".é" : ""}`);
  const spans = record((root) =>
    root.setAttributes(Object.fromEntries(keys.slice(0, 100).map((key) => [key, key]))),
  );
  for (let i = 0; i < keys.length; i += 100) {
    Object.assign(spans[0]!, {
      attributes: Object.fromEntries(keys.slice(i, i + 100).map((key) => [key, key])),
    });
    const [group] = decodeTracesProtobuf(ProtobufTraceSerializer.serializeRequest([spans[0]!])!);
    expect(group!.items[0]!.attributes).toEqual(spans[0]!.attributes);
  }
});

test("nanoseconds are exact in protobuf, whenever they are", () => {
  for (const nanos of [
    1n,
    999_999_999n,
    1_000_000_000n,
    1_544_712_660_123_456_789n,
    2n ** 62n - 1n,
    2n ** 63n + 1n,
  ]) {
    const bytes = Buffer.alloc(9);
    bytes[0] = (7 << 3) | 1;
    bytes.writeBigUInt64LE(nanos, 1);
    const wrap = (tag: number, inner: Buffer) =>
      Buffer.concat([Buffer.from([(tag << 3) | 2, inner.length]), inner]);
    const [group] = decodeTracesProtobuf(wrap(1, wrap(2, wrap(2, bytes))));
    expect(group!.items[0]!.startTimeUnixNano).toBe(String(nanos));
  }
});
