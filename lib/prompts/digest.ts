import { contentHash } from "#lib/core/json.ts";
import type { PromptContent } from "./schema.ts";

/**
 * SHA-256 of a content as 64 hex characters: the canonical JSON (RFC 8785) of the content, in which each JSON
 * schema, default and example is replaced by its JSON text. Their members keep the order they were written in,
 * because models answer in the order of a schema's properties: another order is another prompt.
 */
export function digestOf(content: PromptContent): string {
  return contentHash({
    ...content,
    variables: content.variables.map((each) => ({
      ...each,
      default: written(each.default),
      example: written(each.example),
    })),
    responseFormat:
      content.responseFormat.type === "json_schema"
        ? { ...content.responseFormat, schema: written(content.responseFormat.schema) }
        : content.responseFormat,
    tools: content.tools.map((each) => ({
      ...each,
      function: { ...each.function, parameters: written(each.function.parameters) },
    })),
  });
}

function written(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
