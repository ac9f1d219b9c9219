import { diffLines, diffWordsWithSpace } from "diff";
import type { PromptContent, PromptMessage } from "./schema.ts";

export type TextChange = { kind: "same" | "added" | "removed"; text: string };

/** A line of one side or of both; `words` marks what changed inside a line that has a counterpart. */
export type DiffLine = { kind: "same" | "added" | "removed"; text: string; words?: TextChange[] };

export type MessageDiff = {
  kind: "same" | "added" | "removed" | "changed";
  /** The role on each side; `placeholder`, `examples` or `include` for what is no message itself. */
  before: string | null;
  after: string | null;
  lines: DiffLine[];
};

/** A setting that differs: `temperature`, `tools.lookup`, `responseFormat.schema`. Values as JSON text; null is absent. */
export type FieldChange = { field: string; before: string | null; after: string | null };

export type ContentDiff = { messages: MessageDiff[]; fields: FieldChange[]; isEqual: boolean };

/** What changed from one content to another: messages by line and word, everything else as a list of fields. */
export function diffContent(before: PromptContent, after: PromptContent): ContentDiff {
  const messages = diffMessages(messagesOf(before), messagesOf(after));
  const fields = diffFields(fieldsOf(before), fieldsOf(after));
  const isEqual = fields.length === 0 && messages.every((each) => each.kind === "same");
  return { messages, fields, isEqual };
}

/** Two texts by line; lines that replace each other also by word. */
export function diffText(before: string, after: string): DiffLine[] {
  // A last line without its line break would differ from the same line with one.
  const changes = diffLines(endLine(before), endLine(after));
  const lines: DiffLine[] = [];
  for (let index = 0; index < changes.length; index++) {
    const change = changes[index]!;
    const next = changes[index + 1];
    if (change.removed && next?.added) {
      lines.push(...pairLines(splitLines(change.value), splitLines(next.value)));
      index++;
    } else {
      const kind = change.added ? "added" : change.removed ? "removed" : "same";
      lines.push(...splitLines(change.value).map((text) => ({ kind, text }) as DiffLine));
    }
  }
  if (before !== after && lines.every((line) => line.kind === "same")) {
    const kind = before.length < after.length ? "added" : "removed";
    lines.push({ kind, text: "(line break at the end)" });
  }
  return lines;
}

/** Two texts by word, in reading order. */
export function diffWords(before: string, after: string): TextChange[] {
  return diffWordsWithSpace(before, after).map(({ added, removed, value }) => ({
    kind: added ? "added" : removed ? "removed" : "same",
    text: value,
  }));
}

function endLine(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

type Side = { role: string; text: string };

function messagesOf(content: PromptContent): Side[] {
  if (content.type === "text") return [{ role: "text", text: content.text }];
  return content.messages.map((message) => ({ role: roleOf(message), text: textOf(message) }));
}

function roleOf(message: PromptMessage): string {
  return message.type ?? message.role;
}

function textOf(message: PromptMessage): string {
  if (message.type === "placeholder") return message.name;
  if (message.type === "include") return message.reference;
  if (message.type === "examples") {
    return message.examples.map(({ user, assistant }) => `user: ${user}\nassistant: ${assistant}`).join("\n");
  }
  const text =
    typeof message.content === "string"
      ? message.content
      : message.content
          .map((part) => (part.type === "text" ? part.text : `[image ${part.image_url.url}]`))
          .join("\n");
  const calls =
    message.tool_calls?.map((call) => `[calls ${call.function.name} ${call.function.arguments}]`) ?? [];
  const answers = message.tool_call_id ? [`[answers call ${message.tool_call_id}]`] : [];
  return [text, ...calls, ...answers].filter((each) => each !== "").join("\n");
}

/** Aligns two lists of messages by their longest common subsequence; what is left over in a gap is paired in order. */
function diffMessages(before: Side[], after: Side[]): MessageDiff[] {
  const result: MessageDiff[] = [];
  let gapBefore: Side[] = [];
  let gapAfter: Side[] = [];
  const closeGap = () => {
    const paired = Math.min(gapBefore.length, gapAfter.length);
    for (let index = 0; index < paired; index++) result.push(changed(gapBefore[index]!, gapAfter[index]!));
    result.push(...gapBefore.slice(paired).map((side) => wholly("removed", side)));
    result.push(...gapAfter.slice(paired).map((side) => wholly("added", side)));
    gapBefore = [];
    gapAfter = [];
  };
  const common = commonPairs(before, after);
  let left = 0;
  let right = 0;
  for (const [i, j] of [...common, [before.length, after.length] as const]) {
    gapBefore.push(...before.slice(left, i));
    gapAfter.push(...after.slice(right, j));
    closeGap();
    if (i < before.length) result.push(wholly("same", before[i]!));
    left = i + 1;
    right = j + 1;
  }
  return result;
}

function commonPairs(before: Side[], after: Side[]): [number, number][] {
  const isSame = (i: number, j: number) =>
    before[i]!.role === after[j]!.role && before[i]!.text === after[j]!.text;
  const length = before.map(() => new Array<number>(after.length + 1).fill(0));
  length.push(new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      length[i]![j] = isSame(i, j)
        ? length[i + 1]![j + 1]! + 1
        : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (isSame(i, j)) pairs.push([i++, j++]);
    else if (length[i + 1]![j]! >= length[i]![j + 1]!) i++;
    else j++;
  }
  return pairs;
}

function changed(before: Side, after: Side): MessageDiff {
  return {
    kind: "changed",
    before: before.role,
    after: after.role,
    lines: diffText(before.text, after.text),
  };
}

function wholly(kind: "same" | "added" | "removed", side: Side): MessageDiff {
  return {
    kind,
    before: kind === "added" ? null : side.role,
    after: kind === "removed" ? null : side.role,
    lines: splitLines(side.text).map((text) => ({ kind, text })),
  };
}

/** Replaced lines: the removed ones, then the added ones, with the words that differ marked on both. */
function pairLines(removed: string[], added: string[]): DiffLine[] {
  const paired = Math.min(removed.length, added.length);
  const words = Array.from({ length: paired }, (_, index) =>
    diffWordsWithSpace(removed[index]!, added[index]!),
  );
  const side = (kind: "removed" | "added") => (text: string, index: number) => ({
    kind,
    text,
    words: words[index]
      ?.filter((change) => (kind === "removed" ? !change.added : !change.removed))
      .map((change) => ({
        kind: change.added || change.removed ? kind : ("same" as const),
        text: change.value,
      })),
  });
  return [...removed.map(side("removed")), ...added.map(side("added"))];
}

function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function fieldsOf(content: PromptContent): Map<string, string> {
  const fields = new Map<string, string>();
  const set = (field: string, value: unknown) => {
    if (value !== undefined && value !== null) fields.set(field, JSON.stringify(value, null, 2));
  };
  for (const [name, value] of Object.entries(content.parameters)) set(name, value);
  for (const { name, ...declaration } of content.variables) set(`variables.${name}`, declaration);
  for (const each of content.tools) set(`tools.${each.function.name}`, each.function);
  if (content.tools.length > 0) set("toolChoice", content.toolChoice);
  for (const [name, value] of Object.entries(content.responseFormat)) set(`responseFormat.${name}`, value);
  set("modelVersionId", content.modelVersionId);
  for (const each of content.includes) {
    if (each.within === null) set(`includes.${each.reference}`, `${each.name} v${each.number}`);
  }
  return fields;
}

function diffFields(before: Map<string, string>, after: Map<string, string>): FieldChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => ({ field, before: before.get(field) ?? null, after: after.get(field) ?? null }));
}
