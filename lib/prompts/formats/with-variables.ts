import {
  type PromptContent,
  type PromptContentInput,
  promptContent,
  type VariableDeclaration,
} from "../schema.ts";

/** The whole content of a part, with the variables declared that it uses and does not declare. */
export function withVariables(
  part: PromptContentInput,
  inferred: (content: PromptContent) => VariableDeclaration[],
): PromptContent {
  const content = promptContent.parse(part);
  return { ...content, variables: [...content.variables, ...inferred(content)] };
}
