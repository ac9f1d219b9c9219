import { deepestInclude } from "./deepest-include.ts";
import { scanTags } from "./scan-tags.ts";
import type { PinnedInclude, PromptContent, PromptMessage, VariableDeclaration } from "./schema.ts";
import { type TemplateText, textsOf, textsOfMessages } from "./texts.ts";

/** One place of a content that asks for another prompt: inside a text, or as messages of its own. */
export type IncludeUse = {
  kind: "text" | "messages";
  reference: string;
  /** Where, as zod paths say it, and the tag's offsets in that text. */
  path: string;
  from: number;
  to: number;
};

/** The places where a content itself asks for other prompts, in reading order. */
export function includeUsesOf(content: PromptContent): IncludeUse[] {
  const inTexts = textsOf(content).flatMap(usesIn);
  if (content.type === "text") return inTexts;
  return [...inTexts, ...content.messages.flatMap(useAsMessages)];
}

/** The same of a pinned include: what its own text or messages ask for. */
export function includeUsesWithin(pin: PinnedInclude): IncludeUse[] {
  return [...textsOfInclude(pin).flatMap(usesIn), ...(pin.messages ?? []).flatMap(useAsMessages)];
}

/** All templated texts of a pinned include. */
export function textsOfInclude(pin: PinnedInclude): TemplateText[] {
  return pin.messages ? textsOfMessages(pin.messages) : [{ path: "text", text: pin.text }];
}

function usesIn({ path, text }: TemplateText): IncludeUse[] {
  if (!/\{\{\s*>/.test(text)) return [];
  return scanTags(text).tags.flatMap(({ kind, name, from, to }) =>
    kind === "include" ? [{ kind: "text" as const, reference: name, path, from, to }] : [],
  );
}

function useAsMessages(message: PromptMessage, index: number): IncludeUse[] {
  if (message.type !== "include") return [];
  const { reference } = message;
  return [{ kind: "messages", reference, path: `messages.${index}.reference`, from: 0, to: 0 }];
}

/** Finds what a reference was pinned to; `within` is the version in whose text it is written, null for the content's own. */
export type FindInclude = (reference: string, within: string | null) => PinnedInclude | undefined;

export function findIncludeIn(includes: readonly PinnedInclude[]): FindInclude {
  const byKey = new Map(includes.map((each) => [keyOf(each.reference, each.within), each]));
  return (reference, within) => byKey.get(keyOf(reference, within));
}

/** The pins that the content still asks for, directly or through another, in the order they are met. */
export function reachableIncludes(content: PromptContent): PinnedInclude[] {
  const find = findIncludeIn(content.includes);
  const reached = new Map<string, PinnedInclude>();
  const visit = (uses: IncludeUse[], within: string | null) => {
    for (const { reference } of uses) {
      const pin = find(reference, within);
      const key = keyOf(reference, within);
      if (!pin || reached.has(key)) continue;
      reached.set(key, pin);
      visit(includeUsesWithin(pin), pin.promptVersionId);
    }
  };
  visit(includeUsesOf(content), null);
  return [...reached.values()];
}

/**
 * The variables a prompt is filled with: its own declarations, then those of the prompts it includes whose names it
 * does not declare itself, so that an include's defaults hold until the prompt says otherwise.
 */
export function allVariables(content: PromptContent): VariableDeclaration[] {
  if (content.includes.length === 0) return content.variables;
  const names = new Set(content.variables.map((each) => each.name));
  const all = [...content.variables];
  for (const declaration of content.includes.flatMap((each) => each.variables)) {
    if (names.has(declaration.name)) continue;
    names.add(declaration.name);
    all.push(declaration);
  }
  return all;
}

/** Names of the placeholders that a compiled prompt is filled with, includes' too, in reading order. */
export function placeholdersOf(content: PromptContent): string[] {
  if (content.type === "text") return [];
  const find = findIncludeIn(content.includes);
  const namesIn = (messages: readonly PromptMessage[], within: string | null, depth: number): string[] =>
    messages.flatMap((message) => {
      if (message.type === "placeholder") return [message.name];
      const pin = message.type === "include" && depth < deepestInclude && find(message.reference, within);
      return pin ? namesIn(pin.messages ?? [], pin.promptVersionId, depth + 1) : [];
    });
  return [...new Set(namesIn(content.messages, null, 0))];
}

function keyOf(reference: string, within: string | null): string {
  return `${within ?? ""} ${reference}`;
}
