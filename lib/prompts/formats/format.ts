import type { PromptContent } from "../schema.ts";
import type { Unreadable } from "./content-file.ts";

/** A prompt to be written in another tool's form. */
export type Exported = {
  name: string;
  content: PromptContent;
  /** The provider's id of its default model, if it has one. */
  model: string | null;
};

/** What was read from another tool's form. Includes are not pinned yet, and variables are declared as far as it says. */
export type Imported = {
  content: PromptContent;
  name: string | null;
  /** The provider's id of the model it names. */
  model: string | null;
  /** What it says that a prompt here cannot hold, a sentence each. */
  warnings: string[];
};

export type Format = {
  id: string;
  label: string;
  /** Of a file's name, with its dot. */
  extension: string;
  /** `warnings`: what the form cannot hold, a sentence each. */
  write: (exported: Exported) => { text: string; warnings: string[] };
  read: (text: string) => Imported | Unreadable;
  /** Whether a value that was read as YAML or JSON looks like this form. */
  recognizes: (value: unknown) => boolean;
};

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
