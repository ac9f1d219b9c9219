import type { ProblemCode } from "./problem.ts";

export type TagKind = "variable" | "section" | "inverted" | "close" | "comment" | "include" | "delimiter";

/** One `{{…}}` of a template. `from` and `to` are UTF-16 offsets, braces included; the name's own are inside. */
export type Tag = {
  kind: TagKind;
  name: string;
  from: number;
  to: number;
  /** Indexes, into the tags, of the sections this one is in, the outermost first. */
  within: number[];
};

export type TagProblem = { code: ProblemCode; message: string; from: number; to: number; name: string };

export type ScannedTags = { tags: Tag[]; problems: TagProblem[] };

const kinds: Record<string, TagKind> = {
  "#": "section",
  "^": "inverted",
  "/": "close",
  "!": "comment",
  ">": "include",
  "&": "variable",
  "{": "variable",
  "=": "delimiter",
};

const namePattern = /^(?:\.|[\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$-]*(?:\.[\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$-]*)*)$/u;
const longestTag = 400;
const deepestSection = 32;

/**
 * Finds the tags of a mustache template and everything wrong with them, in one pass over the text. Where
 * mustache's own parser stops at the first fault without saying where it began, this goes on after it, so that
 * an editor can underline each; a template without problems is one that mustache parses (a test holds them
 * together).
 */
export function scanTags(text: string): ScannedTags {
  const tags: Tag[] = [];
  const problems: TagProblem[] = [];
  const open: number[] = [];
  let position = text.indexOf("{{");
  while (position >= 0) {
    const tag = readTag(text, position);
    if (!tag) {
      const to = endOfLine(text, position);
      problems.push({
        code: "unclosed_tag",
        message:
          "This tag is not closed. End it with }}, or put a space between the braces if you mean them as text.",
        from: position,
        to,
        name: "",
      });
      position = text.indexOf("{{", to);
      continue;
    }
    tags.push({ ...tag, within: tag.kind === "close" ? open.slice(0, -1) : [...open] });
    nest(tags, open, problems);
    const fault = faultOf(tag);
    if (fault) problems.push({ ...fault, from: tag.from, to: tag.to, name: tag.name });
    position = text.indexOf("{{", tag.to);
  }
  for (const index of open) {
    const { name, from, to } = tags[index]!;
    const message = `The section {{#${name}}} is not closed. Add {{/${name}}} where it ends.`;
    problems.push({ code: "unclosed_section", message, from, to, name });
  }
  problems.sort((a, b) => a.from - b.from);
  return { tags, problems };
}

/** Whether a name can be a variable's. */
export function isVariableName(name: string): boolean {
  return namePattern.test(name) && !name.includes(".");
}

function readTag(text: string, from: number): Omit<Tag, "within"> | undefined {
  const inside = text.slice(from + 2, from + longestTag);
  const sigil = /^\s*([#^/!>&{=])?\s*/.exec(inside)!;
  const kind = sigil[1] ? kinds[sigil[1]]! : "variable";
  const closing = sigil[1] === "{" ? "}}}" : sigil[1] === "=" ? "=}}" : "}}";
  // A comment may be of any length; anything else that has not ended after a while is an unclosed tag.
  const end =
    kind === "comment" ? text.indexOf("}}", from + 2) - from - 2 : inside.indexOf(closing, sigil[0].length);
  if (end < 0) return undefined;
  const name = inside.slice(sigil[0].length, Math.max(end, sigil[0].length)).trim();
  if (kind !== "comment" && name.includes("{{")) return undefined;
  return { kind, name, from, to: from + 2 + end + closing.length };
}

/** Keeps the stack of open sections; a closing tag that crosses another section closes down to its own. */
function nest(tags: Tag[], open: number[], problems: TagProblem[]): void {
  const tag = tags.at(-1)!;
  if (tag.kind === "section" || tag.kind === "inverted") {
    if (open.length < deepestSection) open.push(tags.length - 1);
    else {
      const message = `Sections are nested more than ${deepestSection} deep here.`;
      problems.push({ code: "nested_too_deep", message, from: tag.from, to: tag.to, name: tag.name });
    }
  }
  if (tag.kind !== "close") return;
  const place = open.findLastIndex((index) => tags[index]!.name === tag.name);
  if (place < 0) {
    const message = `{{/${tag.name}}} closes a section that was never opened. Remove it, or add {{#${tag.name}}} before it.`;
    problems.push({ code: "unopened_section", message, from: tag.from, to: tag.to, name: tag.name });
    return;
  }
  for (const crossed of open.splice(place).slice(1)) {
    const { name, from, to } = tags[crossed]!;
    const message = `The section {{#${name}}} must be closed before {{/${tag.name}}}.`;
    problems.push({ code: "crossed_section", message, from, to, name });
  }
  tag.within = open.slice();
}

function faultOf(tag: Omit<Tag, "within">): { code: ProblemCode; message: string } | undefined {
  if (tag.kind === "comment" || tag.kind === "include") return undefined;
  if (tag.kind === "delimiter") {
    return {
      code: "delimiter_change",
      message: "Changing the delimiters is not supported: tags are always {{…}}.",
    };
  }
  if (namePattern.test(tag.name)) return undefined;
  const message =
    tag.name === ""
      ? "This tag is empty. Name a variable, as in {{question}}."
      : `“${tag.name}” cannot be a variable's name: use letters, digits, _ and -, with dots between fields. To write the braces as text, put a space between them.`;
  return { code: "invalid_name", message };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
