/**
 * The little of Markdown that model answers use, as data: the components make React elements of it, so that no text
 * of a trace is ever parsed as HTML. What this does not know stays the text it was.
 */
export type MarkdownBlock =
  | { type: "paragraph"; content: Inline[] }
  | { type: "heading"; content: Inline[] }
  | { type: "quote"; content: Inline[] }
  | { type: "list"; isOrdered: boolean; start: number; items: Inline[][] }
  | { type: "code"; language: string; text: string }
  | { type: "rule" };

export type Inline =
  | { type: "text"; text: string }
  | { type: "code"; text: string }
  | { type: "strong"; text: string }
  | { type: "emphasis"; text: string }
  | { type: "link"; text: string; url: string }
  | { type: "image"; text: string; url: string };

export function parseMarkdown(text: string): MarkdownBlock[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: MarkdownBlock[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    const fence = /^\s{0,3}(```+|~~~+)\s*([\w+#.-]*)/.exec(line);
    if (fence) {
      const end = lines.findIndex((other, index) => index > at && other.trim().startsWith(fence[1]!));
      const close = end < 0 ? lines.length : end;
      blocks.push({ type: "code", language: fence[2]!, text: lines.slice(at + 1, close).join("\n") });
      at = close + 1;
      continue;
    }
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const heading = /^#{1,6}\s+(.+?)\s*#*$/.exec(line);
    if (heading) {
      blocks.push({ type: "heading", content: parseInline(heading[1]!) });
      at += 1;
    } else if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push({ type: "rule" });
      at += 1;
    } else {
      const { block, next } = readLines(lines, at);
      blocks.push(block);
      at = next;
    }
  }
  return blocks;
}

function readLines(lines: string[], from: number): { block: MarkdownBlock; next: number } {
  const first = lines[from]!;
  const kind = kindOf(first);
  let next = from + 1;
  while (next < lines.length && continues(kind, lines[next]!)) next += 1;
  const taken = lines.slice(from, next);
  if (kind === "quote") {
    const text = taken.map((line) => line.replace(/^\s{0,3}>\s?/, "")).join("\n");
    return { block: { type: "quote", content: parseInline(text) }, next };
  }
  if (kind === "paragraph")
    return { block: { type: "paragraph", content: parseInline(taken.join("\n")) }, next };
  const items: string[] = [];
  for (const line of taken) {
    const item = bulletPattern.exec(line) ?? numberPattern.exec(line);
    if (item) items.push(line.slice(item[0].length));
    else items[items.length - 1] += `\n${line.trim()}`;
  }
  return {
    block: {
      type: "list",
      isOrdered: kind === "numbers",
      start: Number(numberPattern.exec(first)?.[1] ?? 1),
      items: items.map(parseInline),
    },
    next,
  };
}

type LineKind = "paragraph" | "bullets" | "numbers" | "quote";

function kindOf(line: string): LineKind {
  if (bulletPattern.test(line)) return "bullets";
  if (numberPattern.test(line)) return "numbers";
  return /^\s{0,3}>/.test(line) ? "quote" : "paragraph";
}

function continues(kind: LineKind, line: string): boolean {
  if (line.trim() === "" || /^\s{0,3}(```|~~~|#{1,6}\s)/.test(line)) return false;
  const own = kindOf(line);
  return own === kind || (own === "paragraph" && kind !== "paragraph" && /^\s/.test(line));
}

const bulletPattern = /^\s*[-*+]\s+/;
const numberPattern = /^\s*(\d{1,9})[.)]\s+/;

// Every repetition is bounded: hostile text must not make the search quadratic.
const inlinePattern =
  /(`{1,3})([^`\n]{1,500})\1|(!?)\[([^[\]\n]{0,300})\]\((https?:\/\/[^\s()]{1,2000}|mailto:[^\s()]{1,300})\)|\*\*([^*\s][^*]{0,500})\*\*|(?<![\w*])\*([^*\s][^*\n]{0,300})\*(?![\w*])/g;

/** Links and images only with http, https or mailto: any other scheme stays text. */
export function parseInline(text: string): Inline[] {
  const found: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(inlinePattern)) {
    if (match.index > at) found.push({ type: "text", text: text.slice(at, match.index) });
    const [whole, ticks, code, bang, label, url, strong, emphasis] = match;
    if (ticks) found.push({ type: "code", text: code! });
    else if (url) found.push({ type: bang ? "image" : "link", text: label || url, url });
    else if (strong) found.push({ type: "strong", text: strong });
    else found.push({ type: "emphasis", text: emphasis! });
    at = match.index + whole.length;
  }
  if (at < text.length) found.push({ type: "text", text: text.slice(at) });
  return found;
}
