import { Document, LineCounter, parseDocument, Scalar, visit } from "yaml";
import { type PromptContent, promptContent } from "../schema.ts";

/** What is wrong with a text, in words for whoever wrote it, and the line it is in where that is known. */
export type Unreadable = { problem: string; line?: number };

/** A content with nothing said that goes without saying: what files and the YAML and JSON views show. */
export function toFileContent(content: PromptContent): Record<string, unknown> {
  const { type, variables, parameters, responseFormat, tools, toolChoice, modelVersionId, includes } =
    content;
  return {
    type,
    ...(content.type === "chat" ? { messages: content.messages } : { text: content.text }),
    ...(variables.length > 0 && {
      variables: variables.map(({ name: variable, type: kind, description, isRequired, ...values }) => ({
        name: variable,
        ...(kind !== "string" && { type: kind }),
        ...(description && { description }),
        ...(!isRequired && { isRequired }),
        ...values,
      })),
    }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(responseFormat.type !== "text" && { responseFormat }),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== "auto" && { toolChoice }),
    ...(modelVersionId && { modelVersionId }),
    ...(includes.length > 0 && { includes }),
  };
}

/** YAML that people read and edit: texts as blocks. `readYaml` gives back the same values. */
export function spellYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, { Scalar: (key, scalar) => (key === "key" ? undefined : chooseStyle(scalar)) });
  return document.toString(yamlStyle);
}

export const yamlStyle = {
  lineWidth: 0,
  blockQuote: "literal",
  doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
} as const;

/** Blocks for texts of several lines; quotes for the few that a block would not give back as they were. */
function chooseStyle(scalar: Scalar): void {
  const text = scalar.value;
  if (typeof text !== "string" || !text.includes("\n")) return;
  const isBlock = /^.*\S/.test(text) && !/[\r\u0085\u2028\u2029\ufeff]|\n[ \t]+\n*$/.test(text);
  scalar.type = isBlock ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
}

/** A YAML text's value (JSON is YAML too), and where a path's node stands in it. */
export function readYaml(
  text: string,
): { value: unknown; lineOf: (path: readonly PropertyKey[]) => number | undefined } | Unreadable {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault) {
    return { problem: fault.message.split("\n", 1)[0]!.replace(/:$/, ""), line: fault.linePos?.[0].line };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const lineOf = (path: readonly PropertyKey[]) => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      const range = typeof node === "object" && node !== null && "range" in node ? node.range : null;
      if (Array.isArray(range)) return lines.linePos(Number(range[0])).line;
    }
    return undefined;
  };
  return { value, lineOf };
}

/** The content that a file's value holds, or the first thing that is wrong with it and where. */
export function readFileContent(
  value: unknown,
  lineOf: (path: readonly PropertyKey[]) => number | undefined = () => undefined,
): { content: PromptContent } | Unreadable {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { problem: "it should hold `type`, and `messages` or `text`" };
  }
  const parsed = promptContent.safeParse(value);
  if (parsed.success) return { content: parsed.data };
  const { path, message } = parsed.error.issues[0]!;
  return { problem: `${path.map(String).join(".") || "type"}: ${message}`, line: lineOf(path) };
}
