import { PbfWriter } from "pbf";
import type { FieldIssue } from "#lib/core/errors.ts";

export type Encoding = "json" | "protobuf";
export type Signal = "traces" | "logs" | "metrics";

export const contentTypeOf: Record<Encoding, string> = {
  json: "application/json",
  protobuf: "application/x-protobuf",
};

/** OTLP answers are capped at 4 MiB; a message to a developer needs far less. */
const messageLimit = 4000;

const rejectedName: Record<Signal, string> = {
  traces: "rejectedSpans",
  logs: "rejectedLogRecords",
  metrics: "rejectedDataPoints",
};

/** An Export…ServiceResponse. `partial_success` is set only where something was rejected (OTLP, "Partial Success"). */
export function encodeSuccess(
  encoding: Encoding,
  signal: Signal,
  partial: { rejected: number; message: string } | null,
): Uint8Array<ArrayBuffer> {
  const message = partial?.message.slice(0, messageLimit) ?? "";
  if (encoding === "json") {
    const body = partial
      ? { partialSuccess: { [rejectedName[signal]]: String(partial.rejected), errorMessage: message } }
      : {};
    return Buffer.from(JSON.stringify(body));
  }
  const pbf = new PbfWriter();
  if (partial) {
    pbf.writeMessage(
      1,
      (_: null, inner) => {
        inner.writeVarintField(1, partial.rejected);
        inner.writeStringField(2, message);
      },
      null,
    );
  }
  return Buffer.from(pbf.finish());
}

/** A google.rpc.Status; with field issues its details hold a google.rpc.BadRequest. */
export function encodeStatus(
  encoding: Encoding,
  code: number,
  text: string,
  issues: readonly FieldIssue[],
): Uint8Array<ArrayBuffer> {
  const message = text.slice(0, messageLimit);
  const violations = issues
    .slice(0, 20)
    .map(({ path, message: description }) => ({ field: path, description }));
  if (encoding === "json") {
    const details = violations.length > 0 ? [{ "@type": badRequestType, fieldViolations: violations }] : [];
    return Buffer.from(JSON.stringify({ code, message, ...(details.length > 0 ? { details } : {}) }));
  }
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, code);
  pbf.writeStringField(2, message);
  if (violations.length > 0) {
    pbf.writeMessage(
      3,
      (_: null, any) => {
        any.writeStringField(1, badRequestType);
        any.writeBytesField(2, encodeViolations(violations));
      },
      null,
    );
  }
  return Buffer.from(pbf.finish());
}

const badRequestType = "type.googleapis.com/google.rpc.BadRequest";

function encodeViolations(violations: { field: string; description: string }[]): Uint8Array {
  const pbf = new PbfWriter();
  for (const { field, description } of violations) {
    pbf.writeMessage(
      1,
      (_: null, violation) => {
        violation.writeStringField(1, field);
        violation.writeStringField(2, description);
      },
      null,
    );
  }
  return pbf.finish();
}
