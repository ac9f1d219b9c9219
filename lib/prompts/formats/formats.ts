import { readYaml, type Unreadable } from "./content-file.ts";
import { dotpromptFormat } from "./dotprompt-format.ts";
import type { Format, Imported } from "./format.ts";
import { langfuseFormat } from "./langfuse-format.ts";
import { openAiFormat } from "./openai-format.ts";
import { ownFormat } from "./own-format.ts";
import { promptfooFormat } from "./promptfoo-format.ts";

/** The forms in which prompts come and go, the most faithful first. */
export const formats: readonly Format[] = [
  ownFormat,
  langfuseFormat,
  promptfooFormat,
  openAiFormat,
  dotpromptFormat,
];

/** Reads a text in whichever form it is; says which. */
export function readAnyFormat(text: string): { format: Format; result: Imported | Unreadable } | Unreadable {
  if (/^(?:\s*#.*\n)*---\r?\n[\s\S]*?^---\s*$/m.test(text)) {
    return { format: dotpromptFormat, result: dotpromptFormat.read(text) };
  }
  const read = readYaml(text);
  if ("problem" in read) return read;
  const format = formats.find((each) => each.recognizes(read.value));
  if (!format) {
    return {
      problem: `This is in no known form. It may be ${formats.map((each) => each.label).join(", ")}.`,
    };
  }
  return { format, result: format.read(text) };
}
