import type { PromptContent } from "./schema.ts";

/**
 * One text for a content: equal texts, equal contents, whatever order parameters were set in. Cheap and without
 * hashing, for the browser's "is there anything to save"; what is stored is compared by `digestOf`.
 */
export function contentKey(content: PromptContent): string {
  const { variables, parameters, responseFormat, tools, toolChoice, modelVersionId, includes } = content;
  const template = content.type === "chat" ? content.messages : content.text;
  return JSON.stringify([
    template,
    variables.map((each) => [
      each.name,
      each.type,
      each.description,
      each.isRequired,
      each.default ?? null,
      each.example ?? null,
    ]),
    Object.entries(parameters)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    responseFormat,
    tools,
    toolChoice,
    modelVersionId,
    includes,
  ]);
}
