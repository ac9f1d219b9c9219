import type { Json, JsonObject } from "#lib/core/json.ts";
import { type Candidate, type Dialect, text, textOf, texts } from "./dialect.ts";

/** OpenTelemetry's general conventions, which hold for a span of any dialect and of none. */
export const general: Dialect = {
  name: "unknown",
  prefixes: [""],
  fields: {
    isError: [
      ({ attributes, events }) => attributes["error.type"] !== undefined || hasException(events) || null,
    ],
    errorType: [text("error.type"), exception("exception.type"), text("exception.type")],
    errorMessage: [exception("exception.message"), text("error.message"), text("exception.message")],
    service: [({ resource }) => knownService(resource["service.name"])],
    environment: anywhere("deployment.environment.name", "deployment.environment", "environment"),
    release: anywhere("service.version"),
    userId: anywhere("user.id", "enduser.id"),
    sessionId: anywhere("session.id"),
    tags: [texts("tags"), texts("tag.tags")],
  },
};

/** Of each key in turn: the span's own, else its resource's. */
function anywhere(...keys: string[]): Candidate<string>[] {
  return keys.flatMap((key) => [text(key), ({ resource }) => textOf(resource[key])]);
}

function hasException(events: { name: string }[]): boolean {
  return events.some((event) => event.name === "exception");
}

function exception(key: string): Candidate<string> {
  return ({ events }: { events: { name: string; attributes: JsonObject }[] }) =>
    textOf(events.findLast((event) => event.name === "exception")?.attributes[key]);
}

/** SDKs call a service that was given no name `unknown_service:node`: that is no knowledge. */
function knownService(name: Json | undefined): string | null {
  const found = textOf(name);
  return found?.startsWith("unknown_service") ? null : found;
}
