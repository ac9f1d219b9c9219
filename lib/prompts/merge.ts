import { diff3Merge } from "node-diff3";
import { reachableIncludes } from "./includes.ts";
import type { ChatMessage, PinnedInclude, PromptContent, PromptMessage } from "./schema.ts";

/** Whose side a conflict is decided for; `both` puts mine before theirs, where that makes sense. */
export type MergeChoice = "mine" | "theirs" | "both";

/** A place that both sides changed, and differently. */
export type MergeConflict = {
  /** Stays the same from merge to merge of the same three contents. */
  id: string;
  /** Where it is: "Message 2, user", "temperature". */
  title: string;
  base: string;
  mine: string;
  theirs: string;
  canBoth: boolean;
  choice: MergeChoice;
};

export type Merged = { content: PromptContent; conflicts: MergeConflict[] };

/**
 * Brings together two contents that were both written from `base`: what one side alone changed is taken, texts are
 * merged by line, everything else by its part (a message, a variable, a tool, a parameter). Where both changed the same
 * part differently, `choices` decides by the conflict's id; without one it is mine. Messages that either side added are
 * all kept.
 */
export function mergeContent(
  base: PromptContent,
  mine: PromptContent,
  theirs: PromptContent,
  choices: Readonly<Record<string, MergeChoice>> = {},
): Merged {
  const merging = new Merging(choices);
  const { pick, byName } = merging;
  const own = <Field extends keyof PromptContent>(field: Field, title: string) =>
    pick(field, title, base[field], mine[field], theirs[field]);
  const shared = {
    variables: byName("Variable", base.variables, mine.variables, theirs.variables, (each) => each.name),
    parameters: mergeParameters(merging, base.parameters, mine.parameters, theirs.parameters),
    responseFormat: own("responseFormat", "Response format"),
    tools: byName("Tool", base.tools, mine.tools, theirs.tools, (each) => each.function.name),
    toolChoice: own("toolChoice", "Tool choice"),
    modelVersionId: own("modelVersionId", "Default model version"),
    includes: byName("Include", base.includes, mine.includes, theirs.includes, pinKey),
  };
  const content = mergeTemplate(merging, base, mine, theirs, shared);
  return { content: { ...content, includes: reachableIncludes(content) }, conflicts: merging.conflicts };
}

type Shared = Omit<Extract<PromptContent, { type: "text" }>, "type" | "text">;

function mergeTemplate(
  merging: Merging,
  base: PromptContent,
  mine: PromptContent,
  theirs: PromptContent,
  shared: Shared,
): PromptContent {
  if (base.type === "text" && mine.type === "text" && theirs.type === "text") {
    return { type: "text", text: merging.text("text", "Text", base.text, mine.text, theirs.text), ...shared };
  }
  if (base.type === "chat" && mine.type === "chat" && theirs.type === "chat") {
    const messages = mergeMessages(merging, base.messages, mine.messages, theirs.messages);
    return { type: "chat", messages: messages.length > 0 ? messages : mine.messages, ...shared };
  }
  throw new Error("A prompt's versions are all of one type.");
}

class Merging {
  readonly conflicts: MergeConflict[] = [];
  readonly #choices: Readonly<Record<string, MergeChoice>>;

  constructor(choices: Readonly<Record<string, MergeChoice>>) {
    this.#choices = choices;
  }

  /** One value of three; `undefined` is a part that is not there. */
  pick = <T>(id: string, title: string, base: T, mine: T, theirs: T): T => {
    if (isSame(mine, theirs) || isSame(base, theirs)) return mine;
    if (isSame(base, mine)) return theirs;
    const choice = this.#decide({ id, title, canBoth: false }, spelled(base), spelled(mine), spelled(theirs));
    return choice === "theirs" ? theirs : mine;
  };

  text = (id: string, title: string, base: string, mine: string, theirs: string): string => {
    if (mine === theirs || base === theirs) return mine;
    if (base === mine) return theirs;
    const lines = diff3Merge(mine.split("\n"), base.split("\n"), theirs.split("\n"), {
      excludeFalseConflicts: true,
    }).flatMap(({ ok, conflict }, place) => {
      if (ok) return ok;
      const { a, o, b } = conflict!;
      const place_ = { id: `${id}#${place}`, title, canBoth: true };
      const choice = this.#decide(place_, o.join("\n"), a.join("\n"), b.join("\n"));
      return choice === "both" ? [...a, ...b] : choice === "theirs" ? b : a;
    });
    return lines.join("\n");
  };

  /** Parts that have a name: in my order, with what they added at the end. */
  byName = <T>(title: string, base: T[], mine: T[], theirs: T[], nameOf: (part: T) => string): T[] => {
    const [before, ours, other] = [base, mine, theirs].map(
      (parts) => new Map(parts.map((part) => [nameOf(part), part])),
    ) as [Map<string, T>, Map<string, T>, Map<string, T>];
    const names = [...new Set([...ours.keys(), ...other.keys()])];
    return names.flatMap((name) => {
      const id = `${title} ${name}`;
      const picked = this.pick(id, id, before.get(name), ours.get(name), other.get(name));
      return picked === undefined ? [] : [picked];
    });
  };

  #decide(
    place: Pick<MergeConflict, "id" | "title" | "canBoth">,
    base: string,
    mine: string,
    theirs: string,
  ): MergeChoice {
    const choice = this.#choices[place.id] ?? "mine";
    this.conflicts.push({ ...place, base, mine, theirs, choice });
    return choice;
  }
}

function mergeParameters(
  { pick }: Merging,
  base: PromptContent["parameters"],
  mine: PromptContent["parameters"],
  theirs: PromptContent["parameters"],
): PromptContent["parameters"] {
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])] as (keyof typeof mine)[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const picked = pick(name, name, base[name], mine[name], theirs[name]);
      return picked === undefined ? [] : [[name, picked]];
    }),
  );
}

/**
 * Both sides' messages are matched with the base's. A message of the base stands where it stood; what a side added
 * follows the message that precedes it on that side.
 */
function mergeMessages(
  merging: Merging,
  base: PromptMessage[],
  mine: PromptMessage[],
  theirs: PromptMessage[],
): PromptMessage[] {
  const ours = matchMessages(base, mine);
  const other = matchMessages(base, theirs);
  const result: PromptMessage[] = [];
  const addNew = (anchor: number) => {
    const added = ours.added.get(anchor) ?? [];
    result.push(...added);
    result.push(...(other.added.get(anchor) ?? []).filter((each) => !added.some((one) => isSame(one, each))));
  };
  addNew(-1);
  for (const [index, before] of base.entries()) {
    const [a, b] = [ours.kept.get(index), other.kept.get(index)];
    const title = `Message ${index + 1}, ${before.type ?? before.role}`;
    const id = `message ${index}`;
    if (a && b) result.push(mergeMessage(merging, id, title, before, a, b));
    else if (a || b) {
      const left = merging.pick<PromptMessage | undefined>(id, title, before, a, b);
      if (left) result.push(left);
    }
    addNew(index);
  }
  return result;
}

function mergeMessage(
  { pick, text }: Merging,
  id: string,
  title: string,
  base: PromptMessage,
  mine: PromptMessage,
  theirs: PromptMessage,
): PromptMessage {
  const isPlain = (each: PromptMessage): each is ChatMessage & { content: string } =>
    !each.type && typeof each.content === "string";
  if (!isPlain(base) || !isPlain(mine) || !isPlain(theirs)) return pick(id, title, base, mine, theirs);
  const field = <Name extends keyof ChatMessage>(name: Name) =>
    pick(`${id} ${name}`, `${title}: ${name}`, base[name], mine[name], theirs[name]);
  const { content, role, ...rest } = mine;
  const others = ["name", "tool_calls", "tool_call_id"] as const;
  return {
    ...rest,
    role: field("role") ?? role,
    content: text(id, title, base.content, mine.content, theirs.content),
    ...Object.fromEntries(others.flatMap((name) => (field(name) === undefined ? [] : [[name, field(name)]]))),
  };
}

type Matched = {
  /** The side's message by the base's index. */
  kept: Map<number, PromptMessage>;
  /** What the side added, by the base's index it follows; -1 is the beginning. */
  added: Map<number, PromptMessage[]>;
};

/** Equal messages are the same one; in the gaps between them those of one role are, in order. */
function matchMessages(base: PromptMessage[], side: PromptMessage[]): Matched {
  const pairs = commonPairs(base.map(spelled), side.map(spelled));
  const matched: Matched = { kept: new Map(), added: new Map() };
  let [left, right] = [0, 0];
  for (const [i, j] of [...pairs, [base.length, side.length] as const]) {
    let anchor = left - 1;
    for (; right < j; right++) {
      const message = side[right]!;
      const same = base
        .slice(0, i)
        .findIndex((each, index) => index > anchor && index >= left && kindOf(each) === kindOf(message));
      if (same >= 0) {
        matched.kept.set(same, message);
        anchor = same;
      } else matched.added.set(anchor, [...(matched.added.get(anchor) ?? []), message]);
    }
    if (i < base.length) matched.kept.set(i, side[j]!);
    left = i + 1;
    right = j + 1;
  }
  return matched;
}

function commonPairs(before: string[], after: string[]): [number, number][] {
  const length = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      length[i]![j] =
        before[i] === after[j]
          ? length[i + 1]![j + 1]! + 1
          : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (length[i + 1]![j]! >= length[i]![j + 1]!) i++;
    else j++;
  }
  return pairs;
}

function kindOf(message: PromptMessage): string {
  return message.type ?? message.role;
}

function pinKey(pin: PinnedInclude): string {
  return `${pin.reference}${pin.within ? ` in ${pin.within}` : ""}`;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function spelled(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
