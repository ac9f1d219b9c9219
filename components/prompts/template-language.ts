import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import {
  Decoration,
  type EditorView,
  MatchDecorator,
  type PluginValue,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";

const marks = {
  variable: Decoration.mark({ class: "cm-variable" }),
  section: Decoration.mark({ class: "cm-section" }),
  comment: Decoration.mark({ class: "cm-comment" }),
  markup: Decoration.mark({ class: "cm-markup" }),
  heading: Decoration.mark({ class: "cm-heading" }),
};

/** Variables, sections, comments and includes of the template, and the XML-ish tags people write for models. */
export const templateHighlight = highlighter(
  /\{\{([#^/!>&{]?)[^{}\n]*\}\}\}?|<\/?[A-Za-z][\w-]*(?:\s[^<>\n]*)?>/g,
  ([text, sigil]) => {
    if (text.startsWith("<")) return marks.markup;
    if (sigil === "!") return marks.comment;
    return sigil === "#" || sigil === "^" || sigil === "/" || sigil === ">" ? marks.section : marks.variable;
  },
);

/** Markdown headings and strong text, which carry structure in prompts too. */
export const markdownHighlight = highlighter(/^#{1,6} .*$|\*\*[^*\n]+\*\*/gm, () => marks.heading);

export type KnownVariable = { name: string; type: string; description: string };

/** Completes a name after `{{`, and closes the tag; for a list or a switch, also as a section around what follows. */
export function completeVariables(known: () => readonly KnownVariable[]) {
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

function highlighter(regexp: RegExp, markOf: (match: RegExpExecArray) => Decoration) {
  const decorator = new MatchDecorator({ regexp, decoration: markOf });
  return ViewPlugin.fromClass(
    class implements PluginValue {
      decorations;
      constructor(view: EditorView) {
        this.decorations = decorator.createDeco(view);
      }
      update(update: ViewUpdate) {
        this.decorations = decorator.updateDeco(update, this.decorations);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
