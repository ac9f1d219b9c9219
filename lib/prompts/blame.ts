import { diffArrays } from "diff";
import type { PromptContent, PromptMessage } from "./schema.ts";

/** A line of a version and the version that it came with. */
export type BlamedLine = { text: string; number: number };
export type BlamedText = { title: string; lines: BlamedLine[] };

/**
 * Which version each line of the last content came with, following `history` from the oldest to the newest: a line
 * that an older version has in the same order keeps its origin. Lines are followed through the whole template, so one
 * that moved with its message keeps its own.
 */
export function blame(history: readonly { number: number; content: PromptContent }[]): BlamedText[] {
  let lines: { text: string; number: number; section: number }[] = [];
  let titles: string[] = [];
  for (const { number, content } of history) {
    const texts = sectionsOf(content);
    const next = texts.flatMap(({ text }, section) =>
      text.split("\n").map((line) => ({ text: line, section })),
    );
    const changes = diffArrays(
      lines.map((line) => line.text),
      next.map((line) => line.text),
    );
    const blamed: typeof lines = [];
    let before = 0;
    let after = 0;
    for (const change of changes) {
      if (change.removed) before += change.value.length;
      else {
        for (const _ of change.value) {
          const { text, section } = next[after++]!;
          blamed.push({ text, section, number: change.added ? number : lines[before++]!.number });
        }
      }
    }
    lines = blamed;
    titles = texts.map((each) => each.title);
  }
  return titles.map((title, section) => ({
    title,
    lines: lines.filter((line) => line.section === section).map(({ text, number }) => ({ text, number })),
  }));
}

function sectionsOf(content: PromptContent): { title: string; text: string }[] {
  if (content.type === "text") return [{ title: "Text", text: content.text }];
  return content.messages.map((message, index) => ({
    title: `Message ${index + 1}, ${message.type ?? message.role}`,
    text: textOf(message),
  }));
}

function textOf(message: PromptMessage): string {
  if (message.type === "placeholder") return message.name;
  if (message.type === "include") return message.reference;
  if (message.type === "examples") {
    return message.examples.map(({ user, assistant }) => `user: ${user}\nassistant: ${assistant}`).join("\n");
  }
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((part) => (part.type === "text" ? part.text : `[image ${part.image_url.url}]`))
    .join("\n");
}
