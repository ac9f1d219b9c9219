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
  include: Decoration.mark({ class: "cm-include" }),
  markup: Decoration.mark({ class: "cm-markup" }),
  heading: Decoration.mark({ class: "cm-heading" }),
  code: Decoration.mark({ class: "cm-code" }),
  list: Decoration.mark({ class: "cm-list" }),
};

/** Variables, sections, comments and includes of the template. */
export const templateHighlight = highlighter(/\{\{([#^/!>&{]?)[^{}\n]*\}\}\}?/g, ([, sigil]) => {
  if (sigil === "!") return marks.comment;
  if (sigil === ">") return marks.include;
  return sigil === "#" || sigil === "^" || sigil === "/" ? marks.section : marks.variable;
});

/** The XML-ish tags people write for models; a template's tags in them keep their own look. */
export const markupHighlight = highlighter(
  /<\/?[A-Za-z][\w-]*(?:\s(?:[^<>\n{}]|\{\{[^{}\n]*\}\})*)?>/g,
  () => marks.markup,
);

/** Markdown's headings, strong text, code and list marks, which carry structure in prompts too. */
export const markdownHighlight = highlighter(
  /^#{1,6} .*$|\*\*[^*\n]+\*\*|`[^`\n]+`|^```.*$|^\s*(?:[-*+]|\d+[.)])(?= )/gm,
  ([text]) => {
    if (text.startsWith("`")) return marks.code;
    return text.startsWith("#") || text.startsWith("**") ? marks.heading : marks.list;
  },
);

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
