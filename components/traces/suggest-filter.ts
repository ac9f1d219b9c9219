import { type FilterField, type FilterName, fieldOf, filterFields } from "./filter-fields.ts";
import { termText } from "./filter-language.ts";

/** Known values by field, and the names of scores. */
export type FilterFacets = Partial<Record<FilterName, readonly string[]>>;

export type FilterSuggestion = {
  /** The whole text once it is taken. */
  text: string;
  /** What it adds: `status:error`, or `model:` that waits for its value. */
  term: string;
  hint: string;
  isComplete: boolean;
};

/** What may stand at the end of the text: names, or values of the name that stands there. */
export function suggestFilter(text: string, facets: FilterFacets): FilterSuggestion[] {
  const { before, typed } = lastTerm(text);
  const make = (term: string, hint: string, isComplete: boolean): FilterSuggestion => ({
    text: `${before}${term}`,
    term,
    hint,
    isComplete,
  });
  const split = /^([A-Za-z_-]+)(?:\.([\w./-]*))?(>=|<=|:|=|>|<)?(.*)$/.exec(typed);
  const field = split && fieldOf(split[1]!);
  if (!split || !field || (!split[3] && split[2] === undefined && field.name !== typed.toLowerCase())) {
    return suggestNames(typed).map((each) => {
      const { term, isComplete } = beginningOf(each);
      return make(term, each.label, isComplete);
    });
  }
  const value = split[4]!.replace(/^"/, "").toLowerCase();
  if (field.kind === "score") {
    const names = (facets.score ?? []).filter((name) => name.toLowerCase().startsWith(split[2] ?? ""));
    if (split[3]) return [];
    return names.slice(0, limit).map((name) => make(`score.${name}>=`, "At least", false));
  }
  if (field.kind === "text" || field.kind === "choice") {
    return (field.choices ?? facets[field.name] ?? [])
      .filter((known) => known.toLowerCase().includes(value))
      .toSorted(
        (a, b) => Number(!a.toLowerCase().startsWith(value)) - Number(!b.toLowerCase().startsWith(value)),
      )
      .slice(0, limit)
      .map((known) => make(termText(field.name, ":", known), field.label, true));
  }
  if (split[3]) return [];
  return [make(`${field.name}>`, "More than", false), make(`${field.name}<`, "Less than", false)];
}

/** The field whose value is being typed at the end of the text, and what is typed of it; null where none is. */
export function valueAsked(text: string): { field: FilterName; typed: string } | null {
  const match = /^([A-Za-z_-]+)[:=](.*)$/.exec(lastTerm(text).typed);
  const field = match && fieldOf(match[1]!);
  return field?.kind === "text" ? { field: field.name, typed: match![2]!.replace(/^"/, "") } : null;
}

function suggestNames(typed: string): FilterField[] {
  const wanted = typed.toLowerCase();
  if (wanted.startsWith('"')) return [];
  const all: readonly FilterField[] = filterFields;
  const begins = all.filter((field) =>
    [field.name, ...field.aliases].some((name) => name.startsWith(wanted)),
  );
  const mentions = all.filter(
    (field) => wanted.length > 2 && !begins.includes(field) && field.label.toLowerCase().includes(wanted),
  );
  return [...begins, ...mentions].slice(0, wanted === "" ? all.length : limit);
}

function beginningOf(field: FilterField): { term: string; isComplete: boolean } {
  if (field.kind === "score") return { term: "score.", isComplete: false };
  return {
    term: `${field.name}${field.kind === "text" || field.kind === "choice" ? ":" : ">"}`,
    isComplete: false,
  };
}

/** The term being typed at the end, quotes held together, and what stands before it. */
function lastTerm(text: string): { before: string; typed: string } {
  const terms = [...text.matchAll(/(?:[^\s"]|"(?:[^"\\]|\\.)*(?:"|$))+/g)];
  const last = terms.at(-1);
  if (!last || last.index + last[0].length < text.length) return { before: text, typed: "" };
  return { before: text.slice(0, last.index), typed: last[0] };
}

const limit = 10;
