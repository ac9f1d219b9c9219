import { readFileContent, readYaml, spellYaml, toFileContent } from "./content-file.ts";
import { type Format, isRecord } from "./format.ts";

/** Our own file, as `stemma pull` writes it: everything is kept, the pins of includes too. */
export const ownFormat: Format = {
  id: "stemma",
  label: "Stemma YAML",
  extension: ".yaml",
  recognizes: (value) =>
    isRecord(value) && (value.type === "chat" || value.type === "text") && !("prompt" in value),

  write: ({ name, content }) => ({ text: spellYaml({ name, ...toFileContent(content) }), warnings: [] }),

  read(text) {
    const read = readYaml(text);
    if ("problem" in read) return read;
    if (!isRecord(read.value)) return { problem: "It should hold `type`, and `messages` or `text`." };
    const { name, version: _, labels: __, ...content } = read.value;
    const found = readFileContent(content, read.lineOf);
    if ("problem" in found) return found;
    return {
      content: found.content,
      name: typeof name === "string" ? name : null,
      model: null,
      warnings: [],
    };
  },
};
