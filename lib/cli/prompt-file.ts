import { parseDocument } from "yaml";
import { digestOf } from "#lib/prompts/digest.ts";
import {
  readFileContent,
  readYaml,
  spellYaml,
  toFileContent,
  type Unreadable,
  yamlStyle,
} from "#lib/prompts/formats/content-file.ts";
import { type PromptContent, promptName } from "#lib/prompts/schema.ts";

/** A prompt's version as a file holds it. */
export type PromptFile = {
  /** The version it was when it was pulled; null for one that was written by hand. */
  number: number | null;
  labels: string[];
  content: PromptContent;
  digest: string;
};

/**
 * A version as YAML that people read and edit: texts as blocks, and nothing said that goes without saying. `fromYaml`
 * gives back the same content, to the digest.
 */
export function toYaml(version: {
  name: string;
  number: number;
  labels: readonly string[];
  message: string;
  authorName: string;
  content: PromptContent;
}): string {
  const { name, number, labels, message, authorName, content } = version;
  const about = `${name}, version ${number} by ${authorName}${message ? `: ${message}` : ""}`;
  const file = { version: number, ...(labels.length > 0 && { labels }), ...toFileContent(content) };
  return `# ${about.split(/[\r\n\u2028\u2029]/, 1)[0]}\n${spellYaml(file)}`;
}

/** What a file says, or why it cannot be read. */
export function fromYaml(text: string): PromptFile | Unreadable {
  const read = readYaml(text);
  if ("problem" in read) return read;
  const { value } = read;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { problem: "it should hold `type`, and `messages` or `text`" };
  }
  const { version = null, labels = [], ...content } = value as Record<string, unknown>;
  if (version !== null && !(Number.isInteger(version) && Number(version) > 0)) {
    return { problem: "version: it should be the number that pull wrote, or be left out in a new prompt" };
  }
  if (!Array.isArray(labels) || labels.some((label) => typeof label !== "string")) {
    return { problem: "labels: it should be a list of names" };
  }
  const found = readFileContent(content);
  if ("problem" in found) return found;
  return {
    number: version as number | null,
    labels,
    content: found.content,
    digest: digestOf(found.content),
  };
}

/** The same file with other labels, all else as it was written, comments too. */
export function withLabels(text: string, labels: readonly string[]): string {
  const document = parseDocument(text);
  if (labels.length === 0) document.delete("labels");
  else document.set("labels", [...labels]);
  return document.toString(yamlStyle);
}

/**
 * Where a version is kept below the folder: the newest in `support/triage.yaml`, an older one that has a label in
 * `support/triage@2.yaml`. What file systems cannot hold, and a leading dot, is percent-encoded; no prompt's name has
 * `%` or `@`.
 */
export function pathOf(name: string, olderNumber: number | null): string {
  const encoded = name
    .split("/")
    .map((segment) => segment.replace(/^\.|[<>:"*]|[. ]$/g, (character) => `%${hex(character)}`))
    .join("/");
  return `${encoded}${olderNumber === null ? "" : `@${olderNumber}`}.yaml`;
}

/** The prompt and version a path stands for; null if it stands for none. */
export function nameOf(path: string): { name: string; olderNumber: number | null } | null {
  const [, encoded, number] = /^(.*?)(?:@([1-9]\d*))?\.yaml$/s.exec(path) ?? [];
  if (encoded === undefined) return null;
  const name = encoded.replace(/%([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  if (!promptName.safeParse(name).success) return null;
  return { name, olderNumber: number === undefined ? null : Number(number) };
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
}
