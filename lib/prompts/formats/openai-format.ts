import { z } from "zod";
import { chatMessage } from "../schema.ts";
import { inferVariables } from "../template.ts";
import { readYaml } from "./content-file.ts";
import { flatten } from "./flatten.ts";
import { type Format, isRecord } from "./format.ts";
import { fromBodyFields, toBodyFields } from "./openai-body.ts";
import { withVariables } from "./with-variables.ts";

/** The body of a chat-completions request, its texts still templates. */
export const openAiFormat: Format = {
  id: "openai",
  label: "OpenAI request body",
  extension: ".json",
  recognizes: (value) => isRecord(value) && Array.isArray(value.messages) && value.type === undefined,

  write({ content, model }) {
    const { messages, warnings } = flatten(content);
    const sent = messages.filter((message) => message.type !== "placeholder");
    for (const message of messages) {
      if (message.type === "placeholder") warnings.push(`The placeholder ${message.name} was left out.`);
    }
    const body = { model: model ?? "gpt-4o", messages: sent, ...toBodyFields(content, model) };
    return { text: `${JSON.stringify(body, null, 2)}\n`, warnings };
  },

  read(text) {
    const read = readYaml(text);
    if ("problem" in read) return read;
    if (!isRecord(read.value)) return { problem: "This is no request body: it should be an object." };
    const { messages, model } = read.value;
    const parsed = z
      .array(chatMessage)
      .min(1)
      .safeParse(Array.isArray(messages) ? messages.map(withText) : messages);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      return {
        problem: `messages.${path.map(String).join(".")}: ${message}`,
        line: read.lineOf(["messages", ...path]),
      };
    }
    const { warnings, ...fields } = fromBodyFields(read.value, ["model", "messages"]);
    const content = withVariables({ type: "chat", messages: parsed.data, ...fields }, inferVariables);
    return { content, name: null, model: typeof model === "string" ? model : null, warnings };
  },
};

/** An assistant's message that only calls tools has null for its content. */
function withText(message: unknown): unknown {
  return isRecord(message) && message.content === null ? { ...message, content: "" } : message;
}
