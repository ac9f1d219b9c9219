import type { Context } from "#lib/core/context.ts";
import { findVersion } from "./find-version.ts";
import { saveVersion } from "./save-version.ts";
import type { PromptVersion } from "./schema.ts";

/** Makes a new prompt whose first version has the content of one of this prompt's. `conflict` if the name is taken. */
export async function duplicatePrompt(
  ctx: Context,
  input: { name: string; number: number; newName: string },
): Promise<PromptVersion> {
  const source = await findVersion(ctx, { name: input.name, version: input.number });
  const message = `Copied from ${source.name} version ${source.number}`;
  const { version } = await saveVersion(ctx, {
    name: input.newName,
    content: source.content,
    message,
    expectedLatest: 0,
  });
  return version;
}
