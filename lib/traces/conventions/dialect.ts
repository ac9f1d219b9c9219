import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Message, Operation, RawSpan } from "../span.ts";
import { asObject, asStructure } from "./parse-json.ts";

/**
 * A telemetry dialect is a table: for each neutral field the candidates that may hold it, best first. Dialects
 * are tried in the order of `dialects.ts`; the first candidate that gives a value wins, so a span that speaks two
 * dialects (the AI SDK's own keys beside `gen_ai.*`) is filled from both.
 */
export type Dialect = {
  name: string;
  /** The dialect is tried where an attribute's key or an event's name begins with one of these … */
  prefixes: readonly string[];
  /** … or the instrumentation scope is named so, or begins so where it ends in `*`. */
  scopes?: readonly string[];
  /** Whether its token counts are disjoint parts that had to be added up. */
  sumsTokens?: boolean;
  fields: { readonly [Field in keyof Fields]?: readonly Candidate<Fields[Field]>[] };
};

export type Fields = {
  operation: Operation;
  provider: string;
  requestModel: string;
  responseModel: string;
  responseId: string;
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  cacheWriteInputTokens: number;
  reasoningOutputTokens: number;
  costUsd: number;
  timeToFirstTokenMs: number;
  isError: boolean;
  errorType: string;
  errorMessage: string;
  service: string;
  environment: string;
  release: string;
  userId: string;
  sessionId: string;
  tags: string[];
  promptName: string;
  promptVersion: string;
  abTestKey: string;
  variantKey: string;
  unitId: string;
  deployment: string;

  instructions: Message[];
  inputMessages: Message[];
  outputMessages: Message[];
  inputValue: Json;
  outputValue: Json;
  tools: Json[];
  finishReasons: string[];
  /** These three are merged over all candidates; of one key the first found wins. */
  parameters: JsonObject;
  metadata: JsonObject;
  variables: JsonObject;
};

export type Source = {
  name: string;
  /** The span's own, over those of its `operation.details` events. */
  attributes: JsonObject;
  resource: JsonObject;
  events: RawSpan["events"];
  startTimeUnixNano: string;
};

export type Candidate<Value> = ((source: Source) => Value | null | undefined) & {
  /** It gives nothing where the span has no such attribute: then it need not be asked. */
  readonly key?: string;
};

/** A candidate that reads nothing but the attribute `key`, and gives nothing where that is absent. */
export function keyed<Value>(key: string, candidate: Candidate<Value>): Candidate<Value> {
  return Object.assign(candidate, { key });
}

export function text(key: string): Candidate<string> {
  return keyed(key, ({ attributes }) => textOf(attributes[key]));
}

/** A non-empty string, or a number as its digits. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" ? String(value) : null;
}

export function number(key: string, factor = 1): Candidate<number> {
  return keyed(key, ({ attributes }) => numberOf(attributes[key], factor));
}

export function numberOf(value: Json | undefined, factor = 1): number | null {
  const parsed = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof parsed === "number" && Number.isFinite(parsed) ? parsed * factor : null;
}

/** A count of tokens: a whole number from 0 to 2³¹−1, so that it fits its column. */
export function tokens(key: string): Candidate<number> {
  return keyed(key, ({ attributes }) => tokensOf(attributes[key]));
}

export function tokensOf(value: Json | undefined): number | null {
  const count = numberOf(value);
  return count !== null && count >= 0 && count < 2 ** 31 ? Math.round(count) : null;
}

/** A member of the object, or of the JSON text of one, under `key`. */
export function member<Value>(
  key: string,
  path: readonly string[],
  read: (value: Json | undefined) => Value | null,
): Candidate<Value> {
  return keyed(key, ({ attributes }) => {
    if (attributes[key] === undefined) return null;
    let value: Json | undefined = attributes[key];
    for (const name of path) {
      const holder = asObject(value);
      if (!holder || !Object.hasOwn(holder, name)) return null;
      value = holder[name];
    }
    return read(value);
  });
}

export function value(key: string): Candidate<Json> {
  return keyed(key, ({ attributes }) => asStructure(attributes[key]));
}

export function messages(
  key: string,
  read: (value: Json | undefined) => Message[] | null,
): Candidate<Message[]> {
  return keyed(key, ({ attributes }) => (attributes[key] === undefined ? null : read(attributes[key])));
}

/** A list of strings: a list, JSON text of one, or words between commas. */
export function texts(key: string): Candidate<string[]> {
  return keyed(key, ({ attributes }) => textsOf(attributes[key]));
}

export function textsOf(value: Json | undefined): string[] | null {
  const structure = asStructure(value);
  const items = Array.isArray(structure)
    ? structure
    : typeof structure === "string"
      ? structure.split(",")
      : [];
  const found = items.map((item) => (textOf(item) ?? "").trim()).filter((item) => item !== "");
  return found.length > 0 ? found : null;
}

/** A list of JSON values, each of which may be JSON text. */
export function list(key: string): Candidate<Json[]> {
  return keyed(key, ({ attributes }) => {
    const structure = asStructure(attributes[key]);
    if (!Array.isArray(structure) || structure.length === 0) return null;
    return structure.map((item) => asStructure(item) ?? null);
  });
}

/** The members whose keys begin with `prefix`, without it. */
export function prefixed(prefix: string): Candidate<JsonObject> {
  return ({ attributes }) => {
    const found: JsonObject = {};
    for (const key in attributes) {
      if (key.startsWith(prefix) && key.length > prefix.length) {
        const name = key.slice(prefix.length);
        if (name !== "__proto__") found[name] = attributes[key]!;
      }
    }
    return found;
  };
}

/** An object, or the JSON text of one. */
export function object(key: string): Candidate<JsonObject> {
  return keyed(key, ({ attributes }) => asObject(attributes[key]));
}

/** A span kind or operation through a table of the dialect's own words. */
export function word<Value>(key: string, table: Readonly<Record<string, Value>>): Candidate<Value> {
  return keyed(key, ({ attributes }) => wordOf(attributes[key], table));
}

export function wordOf<Value>(value: Json | undefined, table: Readonly<Record<string, Value>>): Value | null {
  return typeof value === "string" && Object.hasOwn(table, value) ? table[value]! : null;
}

/**
 * Keys with numbered parts (`llm.input_messages.0.message.role`) as the lists and objects they spell. Numbers
 * order the items and are not positions: a gap, or an index of a billion, makes no holes.
 */
export function flattened(attributes: JsonObject, prefix: string): Json[] | null {
  type Branch = Map<string, Branch | Json>;
  const root: Branch = new Map();
  for (const key in attributes) {
    if (!key.startsWith(prefix)) continue;
    const path = key.slice(prefix.length).split(".", 32);
    if (!/^\d+$/.test(path[0]!)) continue;
    let branch = root;
    for (const name of path.slice(0, -1)) {
      const next = branch.get(name);
      if (next instanceof Map) branch = next;
      else {
        const made: Branch = new Map();
        branch.set(name, made);
        branch = made;
      }
    }
    branch.set(path.at(-1)!, attributes[key]!);
  }
  if (root.size === 0) return null;
  const build = (branch: Branch): Json => {
    const entries = [...branch].map(
      ([name, item]) => [name, item instanceof Map ? build(item) : item] as const,
    );
    if (!entries.every(([name]) => /^\d+$/.test(name))) return Object.fromEntries(entries);
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
  };
  return build(root) as Json[];
}
