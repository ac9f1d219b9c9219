import { z } from "zod";
import { readReference } from "../include-reference.ts";
import { scanTags } from "../scan-tags.ts";
import { type PromptMessage, promptMessage, variableDeclaration } from "../schema.ts";
import { inferVariables } from "../template.ts";
import { readYaml } from "./content-file.ts";
import { flatten } from "./flatten.ts";
import { type Format, isRecord } from "./format.ts";
import { fromBodyFields, toBodyFields } from "./openai-body.ts";
import { withVariables } from "./with-variables.ts";

/** A prompt as Langfuse's API answers it; settings and declared variables are in its `config`. */
export const langfuseFormat: Format = {
  id: "langfuse",
  label: "Langfuse JSON",
  extension: ".json",
  recognizes: (value) =>
    isRecord(value) && "prompt" in value && (typeof value.prompt === "string" || Array.isArray(value.prompt)),

  write({ name, content, model }) {
    const config = {
      ...(model && { model }),
      ...toBodyFields(content, model),
      ...(content.variables.length > 0 && { variables: content.variables }),
    };
    if (content.type === "text") {
      const body = { name, type: "text", prompt: toTags(content.text), config };
      return { text: `${JSON.stringify(body, null, 2)}\n`, warnings: [] };
    }
    const kept = content.messages.map((message): PromptMessage => {
      if (message.type || typeof message.content !== "string") return message;
      return { ...message, content: toTags(message.content) };
    });
    const { messages, warnings } = flatten({ ...content, messages: kept });
    const prompt = messages.map((message) => {
      if (message.type === "placeholder") return message;
      if (typeof message.content === "string") return message;
      warnings.push("Images were left out: Langfuse's messages hold text alone.");
      const texts = message.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
      return { ...message, content: texts.join("\n\n") };
    });
    const body = { name, type: "chat", prompt, config };
    return { text: `${JSON.stringify(body, null, 2)}\n`, warnings: [...new Set(warnings)] };
  },

  read(text) {
    const read = readYaml(text);
    if ("problem" in read) return read;
    if (!isRecord(read.value)) return { problem: "This is no prompt of Langfuse: it should be an object." };
    const { name, prompt } = read.value;
    const config = isRecord(read.value.config) ? read.value.config : {};
    const { warnings, ...fields } = fromBodyFields(config, ["model", "variables"]);
    const variables = z.array(variableDeclaration).safeParse(config.variables ?? []);
    const shared = { ...fields, variables: variables.data ?? [] };
    const about = {
      name: typeof name === "string" ? name : null,
      model: typeof config.model === "string" ? config.model : null,
      warnings,
    };
    if (typeof prompt === "string") {
      const content = withVariables({ type: "text", text: fromTags(prompt), ...shared }, inferVariables);
      return { content, ...about };
    }
    const messages = z.array(z.preprocess(withoutTheirType, promptMessage)).min(1).safeParse(prompt);
    if (!messages.success) {
      const { path, message } = messages.error.issues[0]!;
      const place = ["prompt", ...path];
      return { problem: `${place.map(String).join(".")}: ${message}`, line: read.lineOf(place) };
    }
    const written = messages.data.map((message): PromptMessage => {
      if (message.type || typeof message.content !== "string") return message;
      return { ...message, content: fromTags(message.content) };
    });
    return {
      content: withVariables({ type: "chat", messages: written, ...shared }, inferVariables),
      ...about,
    };
  },
};

function withoutTheirType(message: unknown): unknown {
  if (!isRecord(message) || message.type !== "chatmessage") return message;
  const { type: _, ...rest } = message;
  return rest;
}

/** `{{> name@label}}` as Langfuse includes prompts. */
function toTags(text: string): string {
  let result = "";
  let position = 0;
  for (const tag of scanTags(text).tags) {
    const asked = tag.kind === "include" ? readReference(tag.name) : undefined;
    if (!asked) continue;
    const which =
      asked.version === undefined ? `label=${asked.label ?? "production"}` : `version=${asked.version}`;
    result += `${text.slice(position, tag.from)}@@@langfusePrompt:name=${asked.name}|${which}@@@`;
    position = tag.to;
  }
  return result + text.slice(position);
}

function fromTags(text: string): string {
  return text.replace(
    /@@@langfusePrompt:name=([^|@]+)\|(?:label|version)=([^@]+)@@@/g,
    (_, name: string, which: string) => `{{> ${name}@${which}}}`,
  );
}
