import { AppError } from "#lib/core/errors.ts";
import type { TraceFilter } from "../schema.ts";
import type { IdSet } from "./id-set.ts";
import type { Catalogue, ColumnName, Columns } from "./pack.ts";
import { type Signature, type SignatureField, signatureIndex, termOf } from "./trace-doc.ts";
import { type Phrase, phraseOf } from "./words.ts";

/** A filter, ready to be asked of packs. All of it must hold of a trace. */
export type CompiledFilter = {
  fromUs: number;
  toUs: number;
  /** Each must be found; `isPrefix`: one of the terms that begin so. */
  terms: Lookup[];
  /** Of several words: to be looked for in the texts of the traces that have the words. */
  phrases: Phrase[];
  /** Of one span; null where nothing is asked of one. */
  isSignature: ((signature: Signature) => boolean) | null;
  /** Of columns that hold one value a trace. */
  tests: ColumnTest[];
};

export type Lookup = { term: string; isPrefix: boolean };
export type Test = (ordinal: number) => boolean;
export type ColumnTest = { columns: ColumnName[]; bind: (columns: Columns) => Test };

/** What a filter's names mean in the catalogue and the scores now; each is null where the filter has none such. */
export type Resolved = {
  promptVersionIds: ReadonlySet<string> | null;
  labelVersionIds: ReadonlySet<string> | null;
  /** One for each of the filter's scores, and one for feedback. */
  scored: { traceIds: IdSet; sessionIds: string[] }[];
};

/** Throws `invalid_input` where a text has nothing that could be found. */
export function compileFilter(filter: TraceFilter, resolved: Resolved): CompiledFilter {
  const phrases = filter.text.map(toPhrase);
  const words = phrases.flatMap(({ words, isPrefix }) =>
    words.map((word, index) => ({
      term: termOf("word", word),
      isPrefix: isPrefix && index === words.length - 1,
    })),
  );
  const named = (kind: "user" | "session" | "name", value: string | undefined): Lookup[] =>
    value === undefined ? [] : [{ term: termOf(kind, storable(value)), isPrefix: false }];
  return {
    fromUs: filter.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(filter.from) * 1000,
    toUs: filter.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(filter.to) * 1000,
    terms: [
      ...named("user", filter.userId),
      ...named("session", filter.sessionId),
      ...named("name", filter.name),
      ...filter.tags.map((tag) => ({ term: termOf("tag", storable(tag)), isPrefix: false })),
      ...words,
    ],
    phrases: phrases.filter((phrase) => phrase.words.length > 1),
    isSignature: signatureTest(filter, resolved),
    tests: [
      ...flagTests(filter),
      ...filter.comparisons.map(comparisonTest),
      ...resolved.scored.map(scoreTest),
    ],
  };
}

function toPhrase(text: string): Phrase {
  const phrase = phraseOf(text);
  if (phrase) return phrase;
  const message = `“${text}” has no letters or digits to search for.`;
  throw new AppError("invalid_input", message, { issues: [{ path: "text", message }] });
}

function signatureTest(filter: TraceFilter, resolved: Resolved): CompiledFilter["isSignature"] {
  const claims: ((signature: Signature) => boolean)[] = [];
  const say = (field: SignatureField, value: string | undefined) => {
    if (value === undefined) return;
    const [at, wanted] = [signatureIndex[field], storable(value)];
    claims.push((signature) => signature[at] === wanted);
  };
  say("provider", filter.provider);
  say("promptName", filter.promptName);
  say("promptVersionId", filter.promptVersionId);
  say("modelVersionId", filter.modelVersionId);
  say("abTest", filter.abTest);
  say("variant", filter.variant);
  say("deployment", filter.deployment);
  say("operation", filter.operation);
  say("errorType", filter.errorType);
  say("environment", filter.environment);
  say("release", filter.release);
  say("service", filter.service);
  if (filter.status === "error" || filter.has.includes("error")) say("status", "error");
  if (filter.model !== undefined) {
    const [model, asked, answered] = [
      storable(filter.model),
      signatureIndex.requestModel,
      signatureIndex.responseModel,
    ];
    claims.push((signature) => signature[asked] === model || signature[answered] === model);
  }
  if (filter.promptVersion !== undefined) {
    const said = [filter.promptVersion, `v${filter.promptVersion}`];
    const ids = resolved.promptVersionIds;
    claims.push(
      (signature) =>
        said.includes(signature[signatureIndex.promptVersion] ?? "") ||
        (ids?.has(signature[signatureIndex.promptVersionId] ?? "") ?? false),
    );
  }
  const { labelVersionIds } = resolved;
  if (labelVersionIds) {
    claims.push((signature) => labelVersionIds.has(signature[signatureIndex.promptVersionId] ?? ""));
  }
  if (filter.has.includes("prompt")) {
    claims.push((signature) => signature[signatureIndex.promptName] !== null);
  }
  return claims.length === 0 ? null : (signature) => claims.every((claim) => claim(signature));
}

/** Which of a pack's sets of signatures have one that passes; null if none has. */
export function passingSets(
  { signatures, sets }: Catalogue,
  isSignature: (signature: Signature) => boolean,
): Uint8Array | null {
  const passes = signatures.map(isSignature);
  if (!passes.includes(true)) return null;
  return Uint8Array.from(sets, (set) => Number(set.some((index) => passes[index])));
}

function flagTests(filter: TraceFilter): ColumnTest[] {
  const tests: ColumnTest[] = [];
  if (filter.status === "ok") {
    tests.push({
      columns: ["errors"],
      bind:
        ({ errors }) =>
        (i) =>
          errors[i] === 0,
    });
  }
  if (filter.has.includes("user")) {
    tests.push({
      columns: ["userRefs"],
      bind:
        ({ userRefs }) =>
        (i) =>
          userRefs[i] !== 0,
    });
  }
  if (filter.has.includes("session")) {
    tests.push({
      columns: ["sessionRefs"],
      bind:
        ({ sessionRefs }) =>
        (i) =>
          sessionRefs[i] !== 0,
    });
  }
  return tests;
}

/** What a list can be compared and sorted by. NaN where a trace has none, which no comparison meets. */
export const measures: Record<
  TraceFilter["comparisons"][number]["field"],
  { columns: ColumnName[]; bind: (columns: Columns) => (ordinal: number) => number }
> = {
  latencyMs: {
    columns: ["durations"],
    bind:
      ({ durations }) =>
      (i) =>
        durations[i]! / 1000,
  },
  ttftMs: {
    columns: ["firstTokens"],
    bind:
      ({ firstTokens }) =>
      (i) =>
        firstTokens[i]!,
  },
  costUsd: {
    columns: ["costs"],
    bind:
      ({ costs }) =>
      (i) =>
        costs[i]!,
  },
  tokens: {
    columns: ["inputTokens", "outputTokens"],
    bind:
      ({ inputTokens, outputTokens }) =>
      (i) => {
        const [input, output] = [inputTokens[i]!, outputTokens[i]!];
        return input < 0 && output < 0 ? Number.NaN : Math.max(0, input) + Math.max(0, output);
      },
  },
};

function comparisonTest({ field, operator, value }: TraceFilter["comparisons"][number]): ColumnTest {
  const { columns, bind } = measures[field];
  const compare: Record<typeof operator, (measure: (ordinal: number) => number) => Test> = {
    ">": (measure) => (i) => measure(i) > value,
    ">=": (measure) => (i) => measure(i) >= value,
    "<": (measure) => (i) => measure(i) < value,
    "<=": (measure) => (i) => measure(i) <= value,
  };
  return { columns, bind: (own) => compare[operator](bind(own)) };
}

function scoreTest({ traceIds, sessionIds }: Resolved["scored"][number]): ColumnTest {
  if (sessionIds.length === 0) {
    return {
      columns: ["ids"],
      bind:
        ({ ids }) =>
        (i) =>
          traceIds.has(ids, i),
    };
  }
  const names = sessionIds.map((id) => Buffer.from(id));
  return {
    columns: ["ids", "sessionRefs", "sessions"],
    bind: ({ ids, sessionRefs, sessions }) => {
      const refs = new Set(names.map((name) => sessions.find(name) + 1));
      refs.delete(0);
      return (i) => traceIds.has(ids, i) || refs.has(sessionRefs[i]!);
    },
  };
}

function storable(text: string): string {
  return text.replaceAll("\0", "");
}
