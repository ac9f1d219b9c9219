import { closestName } from "./closest-name.ts";
import { type FilterField, type FilterName, fieldOf, filterFields } from "./filter-fields.ts";

/**
 * The language of the filter bar:
 *
 *     status:error model:gpt-4o latency>2s cost:0.01..0.05 score.helpful>=0.5 "free text"
 *
 * Terms are separated by spaces and all must hold. `name:value` is equality, `>` `>=` `<` `<=` and `low..high` compare
 * numbers; durations take ms, s, m, h (ms if none), counts k and M, money a $ sign. Quotes hold spaces, `\"` a quote.
 * Words without a name are searched in inputs and outputs, whole and in any case of letters; quoted, they are one
 * phrase, and `refund*` finds what begins so. A name that the language does not know is a problem, never a silent
 * no-match.
 */
export type FilterTerm = {
  /** The term as typed. */
  source: string;
  /** Where it stands in the text. */
  from: number;
  to: number;
} & FilterCondition;

export type FilterCondition =
  | { type: "text"; text: string }
  | { type: "is"; field: FilterName; value: string }
  | { type: "compare"; field: FilterName; operator: Comparison; value: number }
  | { type: "score"; name: string; operator: Comparison | ":"; value: string | number };

export type Comparison = ">" | ">=" | "<" | "<=";

export type FilterProblem = {
  message: string;
  from: number;
  to: number;
  /** What the term should probably read. */
  suggestion: string | null;
};

export type ParsedFilter = { terms: FilterTerm[]; problems: FilterProblem[] };

/** Reads a filter; what can't be read is a problem, and the rest is read all the same. */
export function parseFilter(text: string): ParsedFilter {
  const parsed: ParsedFilter = { terms: [], problems: [] };
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) at += 1;
    else at = readTerm(text, at, parsed);
  }
  return parsed;
}

/** One `name:value` term, quoted where it has to be. */
export function termText(name: string, operator: Comparison | ":", value: string | number): string {
  return `${name}${operator}${quoted(String(value))}`;
}

/** The filter without one term. */
export function withoutTerm(text: string, term: { from: number; to: number }): string {
  return `${text.slice(0, term.from).trimEnd()} ${text.slice(term.to).trimStart()}`.trim();
}

/** The filter with one term more; every term of the same name and operator is replaced. */
export function withTerm(text: string, name: string, operator: Comparison | ":", value: string): string {
  const { terms } = parseFilter(text);
  const replaced = new Set(
    terms.filter((term) => isSameSubject(term, name, operator)).map((term) => term.from),
  );
  const kept = distinctTerms(terms).filter((term) => !replaced.has(term.from));
  return [...kept.map((term) => term.source), termText(name, operator, value)].join(" ");
}

/** The terms as they were typed: a range, which is two conditions, once. */
export function distinctTerms(terms: readonly FilterTerm[]): FilterTerm[] {
  return terms.filter((term, index) => terms.findIndex((other) => other.from === term.from) === index);
}

function isSameSubject(term: FilterTerm, name: string, operator: Comparison | ":"): boolean {
  if (term.type === "is") return term.field === name && operator === ":";
  if (term.type === "compare") return term.field === name && term.operator[0] === operator[0];
  if (term.type === "score") return `score.${term.name}` === name && term.operator[0] === operator[0];
  return false;
}

/** Reads the term that starts at `from`; returns where it ends. */
function readTerm(text: string, from: number, parsed: ParsedFilter): number {
  if (text[from] === '"') {
    const phrase = readValue(text, from, parsed);
    if (phrase.value.trim() !== "") add(parsed, text, from, phrase.to, { type: "text", text: phrase.value });
    return phrase.to;
  }
  const head = /^([A-Za-z][\w./-]*)(>=|<=|:|=|>|<)(?!\/\/)/.exec(text.slice(from));
  if (!head) {
    const word = /^\S+/.exec(text.slice(from))![0];
    add(parsed, text, from, from + word.length, { type: "text", text: word });
    return from + word.length;
  }
  const [, name, sign] = head as unknown as [string, string, string];
  const { value, to } = readValue(text, from + head[0].length, parsed);
  const outcome = readCondition(name, sign, value);
  if ("message" in outcome) parsed.problems.push({ ...outcome, from, to });
  else if (outcome.conditions.some((condition) => isSaidTwice(parsed.terms, condition))) {
    parsed.problems.push({
      message: `${name} can be one thing only; it is said twice.`,
      from,
      to,
      suggestion: null,
    });
  } else for (const condition of outcome.conditions) add(parsed, text, from, to, condition);
  return to;
}

/** All terms must hold: two different models can't, several tags can. */
function isSaidTwice(terms: readonly FilterTerm[], condition: FilterCondition): boolean {
  if (condition.type !== "is" || condition.field === "tag" || condition.field === "has") return false;
  return terms.some((term) => term.type === "is" && term.field === condition.field);
}

function add(parsed: ParsedFilter, text: string, from: number, to: number, condition: FilterCondition) {
  parsed.terms.push({ source: text.slice(from, to), from, to, ...condition });
}

function readValue(text: string, from: number, parsed: ParsedFilter): { value: string; to: number } {
  if (text[from] !== '"') {
    const value = /^\S*/.exec(text.slice(from))![0];
    return { value, to: from + value.length };
  }
  const closed = /^"((?:[^"\\]|\\.)*)"/.exec(text.slice(from));
  if (closed) return { value: closed[1]!.replace(/\\(.)/g, "$1"), to: from + closed[0].length };
  parsed.problems.push({
    message: "A quote is not closed.",
    from,
    to: text.length,
    suggestion: `${text.slice(from)}"`,
  });
  return { value: text.slice(from + 1), to: text.length };
}

type Outcome = { conditions: FilterCondition[] } | Omit<FilterProblem, "from" | "to">;

function readCondition(typedName: string, typedSign: string, typedValue: string): Outcome {
  const [base, ...rest] = typedName.split(".") as [string, ...string[]];
  const field = fieldOf(rest.length > 0 ? base : typedName);
  if (!field || (rest.length > 0 && field.kind !== "score")) {
    const meant = closestName(typedName, names);
    return {
      message: `There is no “${typedName}” to filter by.`,
      suggestion: meant && `${meant}${typedSign}${quoted(typedValue)}`,
    };
  }
  // `latency:>2s`, as other search bars write it.
  const inner = typedSign === ":" ? /^(>=|<=|>|<)(.+)$/.exec(typedValue) : null;
  const sign = inner ? inner[1]! : typedSign === "=" ? ":" : typedSign;
  const value = inner ? inner[2]! : typedValue;
  if (value === "") return { message: `${typedName}${typedSign} needs a value.`, suggestion: field.example };
  if (field.kind === "score") return readScore(rest.join("."), sign, value);
  if (field.kind === "text") return readText(field, sign, value);
  if (field.kind === "choice") return readChoice(field, sign, value);
  return readNumbers(field, sign, value);
}

function readText(field: Named, sign: string, value: string): Outcome {
  if (sign === ":") return { conditions: [{ type: "is", field: field.name, value }] };
  return {
    message: `${field.name} can't be compared with ${sign}.`,
    suggestion: termText(field.name, ":", value),
  };
}

function readChoice(field: Named, sign: string, value: string): Outcome {
  const choices = field.choices ?? [];
  if (sign === ":" && choices.includes(value.toLowerCase())) {
    return { conditions: [{ type: "is", field: field.name, value: value.toLowerCase() }] };
  }
  const meant = closestName(value, choices);
  return {
    message: `${field.name} is one of ${choices.join(", ")}.`,
    suggestion: meant && termText(field.name, ":", meant),
  };
}

function readNumbers(field: Named, sign: string, value: string): Outcome {
  const range = sign === ":" ? /^(.+?)\.\.(.+)$/.exec(value) : null;
  if (range) {
    const [low, high] = [readNumber(field.kind, range[1]!), readNumber(field.kind, range[2]!)];
    if (low === null || high === null) return notANumber(field, value);
    return {
      conditions: [
        { type: "compare", field: field.name, operator: ">=", value: low },
        { type: "compare", field: field.name, operator: "<=", value: high },
      ],
    };
  }
  const number = readNumber(field.kind, value);
  if (number === null) return notANumber(field, value);
  if (isComparison(sign)) {
    return { conditions: [{ type: "compare", field: field.name, operator: sign, value: number }] };
  }
  return {
    message: `${field.name} is measured: compare it with > or <, or give a range.`,
    suggestion: termText(field.name, ">", value),
  };
}

function readScore(name: string, sign: string, value: string): Outcome {
  if (name === "") {
    return {
      message: "Name the score: score.<name>.",
      suggestion: sign === ":" ? `score.${value}>=0` : null,
    };
  }
  if (!isComparison(sign)) return { conditions: [{ type: "score", name, operator: ":", value }] };
  const number = readNumber("score", value);
  if (number === null) {
    return {
      message: `score.${name} ${sign} needs a number.`,
      suggestion: termText(`score.${name}`, ":", value),
    };
  }
  return { conditions: [{ type: "score", name, operator: sign, value: number }] };
}

/** In the unit of the kind: ms, US dollars, tokens. Null when it is not a number of that kind. */
function readNumber(kind: FilterField["kind"], text: string): number | null {
  const match = /^(\$)?(\d+(?:\.\d+)?|\.\d+)([a-zA-Z]*)$/.exec(text) ?? /^()(-?\d+(?:\.\d+)?)()$/.exec(text);
  if (!match) return null;
  const [, dollar, digits, unit = ""] = match;
  const factor = units[kind]?.[unit];
  if (factor === undefined || (dollar && kind !== "money")) return null;
  const number = Number(digits) * factor;
  return number < 0 && kind !== "score" ? null : number;
}

function notANumber(field: Named, value: string): Outcome {
  const digits = /\d+(\.\d+)?/.exec(value)?.[0];
  return {
    message: `${field.name} takes ${takes[field.kind] ?? "a number"}.`,
    suggestion: digits ? termText(field.name, ">", digits) : field.example,
  };
}

function quoted(value: string): string {
  return value === "" || /[\s"]/.test(value) ? `"${value.replace(/[\\"]/g, "\\$&")}"` : value;
}

const isComparison = (sign: string): sign is Comparison => /^[<>]=?$/.test(sign);

type Named = FilterField & { name: FilterName };

const names = filterFields.flatMap((field: FilterField) => [field.name, ...field.aliases]);

const units: Partial<Record<FilterField["kind"], Record<string, number>>> = {
  duration: { "": 1, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 },
  money: { "": 1 },
  count: { "": 1, k: 1000, K: 1000, M: 1_000_000 },
  score: { "": 1 },
};

const takes: Partial<Record<FilterField["kind"], string>> = {
  duration: "a duration: 250ms, 2s, 1.5m",
  money: "US dollars: 0.01 or $0.01",
  count: "a count: 800 or 4k",
};
