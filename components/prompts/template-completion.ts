import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  snippetCompletion,
} from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import type { IncludablePrompt } from "#lib/prompts/list-includable.ts";

export type KnownVariable = { name: string; type: string; description: string };

/** Completes a name after `{{`, and closes the tag; for a list or a switch, also as a section around what follows. */
export function completeVariables(known: () => readonly KnownVariable[]): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const before = context.matchBefore(/\{\{\{?[#^/&]?\s*[\p{L}\p{N}_$.-]*$/u);
    if (!before) return null;
    const sigil = /^\{\{\{?([#^/&]?)\s*/.exec(before.text)!;
    const isSection = sigil[1] === "#" || sigil[1] === "^";
    const options = known().map(({ name, type, description }) => ({
      label: name,
      detail: type,
      info: description || undefined,
      boost: (type === "list" || type === "boolean") === isSection ? 1 : 0,
      apply: (view: EditorView, _: unknown, from: number, to: number) =>
        applyName(view, name, isSection, from, to),
    }));
    return { from: before.from + sigil[0].length, options, validFor: /^[\p{L}\p{N}_$.-]*$/u };
  };
}

/** Completes after `{{>`: the text prompts of the project, and after `@` their labels and newest version. */
export function completeIncludes(listPrompts: () => Promise<readonly IncludablePrompt[]>): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const before = context.matchBefore(/\{\{\s*>\s*[^{}\n]*$/);
    if (!before) return null;
    const written = /^\{\{\s*>\s*/.exec(before.text)![0].length;
    const prompts = await listPrompts();
    const options = prompts
      .filter((prompt) => prompt.type === "text")
      .flatMap(({ name, latest, labels }): Completion[] =>
        [...labels, "latest", String(latest)].map((which) => ({
          label: `${name}@${which}`,
          detail: which === "latest" ? `version ${latest}` : undefined,
          boost: which === "production" ? 2 : which === "latest" ? 1 : 0,
          apply: (view: EditorView, _: unknown, from: number, to: number) =>
            applyName(view, `${name}@${which}`, false, from, to),
        })),
      );
    return { from: before.from + written, options, validFor: /^[^{}\n]*$/ };
  };
}

/** Pieces of prompts, after a slash where a word could begin. */
export const completeSnippets: CompletionSource = (context) => {
  const before = context.matchBefore(/(?:^|\s)\/[a-z]*$/);
  if (!before) return null;
  return { from: before.to - before.text.trimStart().length, options: snippets, validFor: /^\/[a-z]*$/ };
};

const snippets: readonly Completion[] = [
  ["/list", "Repeat for each item of a list", "{{##{items}}}\n- {{#{name}}}\n{{/#{items}}}"],
  ["/if", "Only if there is a value", "{{##{value}}}\n#{text}\n{{/#{value}}}"],
  ["/unless", "Only if there is none", "{{^#{value}}}\n#{text}\n{{/#{value}}}"],
  ["/xml", "A part between tags", "<#{context}>\n#{text}\n</#{context}>"],
  ["/include", "The text of another prompt", "{{> #{name}@production}}"],
  ["/comment", "A note the model does not see", "{{! #{note} }}"],
  ["/json", "Ask for JSON alone", 'Answer with one JSON object and nothing else:\n{"#{answer}": …}'],
  [
    "/steps",
    "Ask for reasoning first",
    "Think through it step by step. Then give the answer on a last line that begins with “Answer:”.",
  ],
].map(([label, detail, template]) => snippetCompletion(template!, { label: label!, detail, type: "text" }));

function applyName(view: EditorView, name: string, isSection: boolean, from: number, to: number): void {
  const isClosed = view.state.sliceDoc(to, to + 2) === "}}";
  const opening = `${name}${isClosed ? "" : "}}"}`;
  const rest = isSection && !isClosed ? `{{/${name}}}` : "";
  view.dispatch({
    changes: { from, to, insert: opening + rest },
    selection: { anchor: from + opening.length + (isClosed ? 2 : 0) },
    userEvent: "input.complete",
  });
}
