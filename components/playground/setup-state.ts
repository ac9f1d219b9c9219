import type { Json, JsonObject } from "#lib/core/json.ts";
import type { DatasetRow } from "#lib/playground/read-rows.ts";
import type { PlaygroundColumn, PlaygroundRow, PlaygroundSetup } from "#lib/playground/schema.ts";
import { columnLimit, singleRowId } from "#lib/playground/words.ts";
import { contentKey } from "#lib/prompts/content-key.ts";
import { allVariables, placeholdersOf } from "#lib/prompts/includes.ts";
import type { PromptContent, VariableDeclaration } from "#lib/prompts/schema.ts";
import { inferVariables } from "#lib/prompts/template.ts";

/** Everything the columns' templates are filled with, each name once, as the first column that has it declares it. */
export function variablesOf(columns: readonly PlaygroundColumn[]): VariableDeclaration[] {
  const found = new Map<string, VariableDeclaration>();
  for (const { content } of columns) {
    for (const each of [...allVariables(content), ...inferVariables(content)])
      if (!found.has(each.name)) found.set(each.name, each);
  }
  return [...found.values()];
}

export function placeholderNames(columns: readonly PlaygroundColumn[]): string[] {
  return [...new Set(columns.flatMap((column) => placeholdersOf(column.content)))];
}

/** Names of the tools that some column offers. */
export function toolNames(columns: readonly PlaygroundColumn[]): string[] {
  return [...new Set(columns.flatMap((column) => column.content.tools.map((tool) => tool.function.name)))];
}

/** What is asked: the dataset's items, or the one row of variables. */
export function rowsOf(
  setup: Pick<PlaygroundSetup, "variables" | "placeholders" | "messages" | "dataset">,
  items: readonly DatasetRow[] | null,
): PlaygroundRow[] {
  const { placeholders, messages } = setup;
  if (!setup.dataset)
    return [{ id: singleRowId, variables: setup.variables, placeholders, messages, item: null }];
  return (items ?? []).map(({ id, variables, item }) => ({
    id,
    // Variables that the items lack are the same for all of them.
    variables: { ...setup.variables, ...variables },
    placeholders,
    messages,
    item,
  }));
}

/** An id that no column has had: answers of a column that was removed must not come back under a new one. */
export function newColumnId(): string {
  return [...crypto.getRandomValues(new Uint8Array(6))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** The set-up with a copy of the column beside it; unchanged when there is no room. */
export function withCopy(setup: PlaygroundSetup, index: number): PlaygroundSetup {
  const column = setup.columns[index];
  if (!column || setup.columns.length >= columnLimit) return setup;
  const copy = { ...column, id: newColumnId() };
  return { ...setup, columns: setup.columns.toSpliced(index + 1, 0, copy) };
}

export function withColumn(setup: PlaygroundSetup, column: PlaygroundColumn): PlaygroundSetup {
  return { ...setup, columns: setup.columns.map((each) => (each.id === column.id ? column : each)) };
}

const keys = new WeakMap<PromptContent, string>();

/** `contentKey`, once for each content: contents are never changed in place, and long ones take a while to write out. */
export function keyOfContent(content: PromptContent): string {
  const key = keys.get(content) ?? contentKey(content);
  keys.set(content, key);
  return key;
}

/** Short text that differs when a column, or what the one row gives it, would be sent otherwise. */
export function markOf(setup: PlaygroundSetup, column: PlaygroundColumn): string {
  const input = setup.dataset ? "" : JSON.stringify([setup.variables, setup.placeholders, setup.messages]);
  return hashOf(`${keyOfContent(column.content)} ${column.modelVersionId} ${overridesKey(column)} ${input}`);
}

function overridesKey({ overrides }: PlaygroundColumn): string {
  return JSON.stringify(Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** FNV-1a over UTF-16 units, twice with different starts: enough to notice an edit. */
function hashOf(text: string): string {
  const hash = (start: number) => {
    let value = start;
    for (let index = 0; index < text.length; index++)
      value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    return (value >>> 0).toString(36);
  };
  return `${hash(0x811c9dc5)}${hash(0x2f0b4a91)}`;
}

/** What a row is called where there is little room: its first values. */
export function rowTitle(variables: JsonObject): string {
  const parts = Object.entries(variables).map(([name, value]) => `${name}: ${shortText(value)}`);
  return parts.join(" · ").slice(0, 300);
}

function shortText(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** The content that a new column starts with. */
export const emptyContent: PromptContent = {
  type: "chat",
  messages: [
    { role: "system", content: "" },
    { role: "user", content: "" },
  ],
  variables: [],
  parameters: {},
  responseFormat: { type: "text" },
  tools: [],
  toolChoice: "auto",
  modelVersionId: null,
  includes: [],
};
