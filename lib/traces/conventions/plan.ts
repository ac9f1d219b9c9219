import type { Candidate, Dialect, Fields, Source } from "./dialect.ts";
import { dialects, namingOrder } from "./dialects.ts";

/** What is to be asked of a span of one shape: of each field the candidates that can hold it, best first. */
export type Plan = {
  /** The dialect that the span is said to be in. */
  name: string;
  steps: { readonly [Field in keyof Fields]?: readonly Step<Fields[Field]>[] };
};

type Step<Value> = { candidate: Candidate<Value>; dialect: Dialect };

/**
 * The plan for a span with these attribute keys, event names and scope. An emitter's spans have few shapes: the
 * dialects that they speak, and the candidates whose attribute they have, are found once for each. (Asking all
 * 250 candidates of every span took longer than decoding it.)
 */
export function planFor(source: Source, scopeName: string): Plan {
  let spoken = scopeMask(scopeName);
  for (const { name } of source.events) spoken |= knowPrefix(name).mask;
  let hash = 0;
  const ids: number[] = [];
  for (const key in source.attributes) {
    const known = knowPrefix(key);
    ids.push(known.id);
    spoken |= known.mask;
    hash = (Math.imul(hash, 31) + known.id) | 0;
  }
  const shapes = plans.get(hash);
  const shape = shapes?.find((each) => each.spoken === spoken && isEqual(each.ids, ids));
  if (shape) return shape.plan;
  const plan = makePlan(source, spoken);
  if (planCount++ >= plansLimit) forgetPlans();
  plans.set(hash, [...(plans.get(hash) ?? []), { spoken, ids, plan }]);
  return plan;
}

type Shape = { spoken: number; ids: number[]; plan: Plan };
/** A key or an event's name: a number of its own, and the dialects whose prefix it has, as bits. */
type Known = { id: number; mask: number };

// An emitter may make up keys without end: past these limits all is forgotten and learned again.
const namesLimit = 20_000;
const plansLimit = 2_000;
const names = new Map<string, Known>();
const plans = new Map<number, Shape[]>();
const scopeMasks = new Map<string, number>();
let planCount = 0;

function forgetPlans(): void {
  plans.clear();
  planCount = 1;
}

function knowPrefix(name: string): Known {
  let known = names.get(name);
  if (!known) {
    if (names.size >= namesLimit) {
      // Numbers are given again: what was planned with the old ones must go with them.
      names.clear();
      forgetPlans();
    }
    known = { id: names.size, mask: maskOf(({ prefixes }) => prefixes.some((it) => name.startsWith(it))) };
    names.set(name, known);
  }
  return known;
}

function scopeMask(scopeName: string): number {
  let mask = scopeMasks.get(scopeName);
  if (mask === undefined) {
    if (scopeMasks.size >= plansLimit) scopeMasks.clear();
    mask = maskOf(
      (dialect) =>
        // Our own keys may be on the resource, or inside another dialect's metadata.
        dialect.name === "stemma" ||
        dialect.prefixes.includes("") ||
        dialect.scopes?.some((scope) =>
          scope.endsWith("*") ? scopeName.startsWith(scope.slice(0, -1)) : scopeName === scope,
        ) === true,
    );
    scopeMasks.set(scopeName, mask);
  }
  return mask;
}

function maskOf(isSpoken: (dialect: Dialect) => boolean): number {
  return dialects.reduce((mask, dialect, index) => (isSpoken(dialect) ? mask | (1 << index) : mask), 0);
}

function makePlan({ attributes }: Source, mask: number): Plan {
  const spoken = dialects.filter((_, index) => mask & (1 << index));
  const steps: { [field: string]: Step<unknown>[] } = {};
  for (const dialect of spoken) {
    for (const [field, candidates] of Object.entries(dialect.fields)) {
      for (const candidate of candidates as readonly Candidate<unknown>[]) {
        if (candidate.key !== undefined && !Object.hasOwn(attributes, candidate.key)) continue;
        steps[field] ??= [];
        steps[field].push({ candidate, dialect });
      }
    }
  }
  // Each field's candidates are of its own type: `Dialect` says so, and they are only sorted here.
  const typed = steps as Plan["steps"];
  return { name: namingOrder.find((dialect) => spoken.includes(dialect))!.name, steps: typed };
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
