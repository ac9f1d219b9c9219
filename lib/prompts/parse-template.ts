import { scanTags, type Tag } from "./scan-tags.ts";

export type TemplateNode =
  | { kind: "text"; text: string }
  /** `from` and `to` are UTF-16 offsets in the template, braces included. */
  | { kind: "value"; name: string; from: number; to: number }
  | { kind: "section" | "inverted"; name: string; nodes: TemplateNode[] }
  /**
   * `indentation` goes before each line of what is included; `isFirstIndented` is false where text precedes it. An
   * include alone on its line takes the line's break along, as `lineBreak`.
   */
  | {
      kind: "include";
      name: string;
      from: number;
      to: number;
      indentation: string;
      isFirstIndented: boolean;
      lineBreak: string;
    };

/**
 * A mustache template as a tree, as mustache.js 4.2 reads it, which is how all versions saved so far were meant: a
 * line that holds nothing but white space and sections, comments or includes leaves no trace. Takes any text; where
 * `scanTags` finds a problem, the tag concerned is read as well as can be.
 */
export function parseTemplate(template: string): TemplateNode[] {
  const root: TemplateNode[] = [];
  const open: { name: string; nodes: TemplateNode[] }[] = [];
  const line = new Line();
  let position = 0;
  const add = (node: TemplateNode) => (open.at(-1)?.nodes ?? root).push(node);
  const addText = (text: string) => {
    for (const piece of text.split(/(?<=\n)/)) {
      if (piece === "") continue;
      const node: TemplateNode = { kind: "text", text: piece };
      add(node);
      line.addText(node);
    }
  };

  for (const tag of scanTags(template).tags) {
    addText(template.slice(position, tag.from));
    position = tag.to;
    const { kind, name } = tag;
    if (kind === "variable") add({ kind: "value", name, from: tag.from, to: tag.to });
    else if (kind === "include") {
      const node = { kind, name, from: tag.from, to: tag.to, ...line.indentationOfInclude(), lineBreak: "" };
      add(node);
      line.addInclude(node);
    } else if (kind === "section" || kind === "inverted") {
      const nodes: TemplateNode[] = [];
      add({ kind, name, nodes });
      open.push({ name, nodes });
    } else if (kind === "close") {
      const place = open.findLastIndex((section) => section.name === name);
      if (place >= 0) open.length = place;
    }
    line.addTag(tag);
  }
  addText(template.slice(position));
  line.end();
  return root;
}

/** What is known of the line that is being read. A tag may itself span lines: only line breaks in text end one. */
class Line {
  #blanks: { text: string }[] = [];
  #text = "";
  #hasTag = false;
  #shows = false;
  #include: { lineBreak: string } | null = null;

  addText(node: { text: string }): void {
    if (node.text.trim() === "") this.#blanks.push(node);
    else this.#shows = true;
    if (!this.#hasTag) this.#text += node.text;
    if (node.text.endsWith("\n")) this.end(/\r?\n$/.exec(node.text)![0]);
  }

  /** Two includes on a line stand there as words do; only one that is alone is a line of its own. */
  addInclude(node: { lineBreak: string }): void {
    if (this.#include) this.#shows = true;
    this.#include = node;
  }

  addTag(tag: Tag): void {
    this.#hasTag = true;
    if (tag.kind === "variable") this.#shows = true;
  }

  /** Only a line's first tag is indented: what precedes another is no indentation of the whole. */
  indentationOfInclude(): { indentation: string; isFirstIndented: boolean } {
    if (this.#hasTag) return { indentation: "", isFirstIndented: false };
    const indentation = this.#text.replace(/\S/g, " ").replace(/[^ \t]/g, "");
    return { indentation, isFirstIndented: this.#text.trim() === "" };
  }

  end(lineBreak = ""): void {
    if (this.#hasTag && !this.#shows) {
      for (const blank of this.#blanks) blank.text = "";
      if (this.#include) this.#include.lineBreak = lineBreak;
    }
    this.#include = null;
    this.#blanks = [];
    this.#text = "";
    this.#hasTag = false;
    this.#shows = false;
  }
}
