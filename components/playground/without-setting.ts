import type { ModelVersion } from "#lib/models/schema.ts";
import { effectiveParameters } from "#lib/playground/effective-parameters.ts";
import type { ExplainedError } from "#lib/playground/explain-error.ts";
import type { PlaygroundColumn } from "#lib/playground/schema.ts";

/** The column without a setting that its provider refuses, wherever it comes from. */
export function withoutSetting(
  column: PlaygroundColumn,
  setting: NonNullable<ExplainedError["parameter"]>,
  models: readonly ModelVersion[],
): PlaygroundColumn {
  const { content } = column;
  if (setting === "tools") return { ...column, content: { ...content, tools: [], toolChoice: "auto" } };
  if (setting === "responseFormat")
    return { ...column, content: { ...content, responseFormat: { type: "text" } } };
  const { [setting]: _, ...parameters } = content.parameters;
  const { [setting]: __, ...overrides } = column.overrides;
  const defaults = models.find((model) => model.id === column.modelVersionId)?.parameters ?? {};
  const isSetByModel = effectiveParameters(defaults, parameters, overrides)[setting] !== undefined;
  return {
    ...column,
    content: { ...content, parameters },
    overrides: isSetByModel ? { ...overrides, [setting]: null } : overrides,
  };
}
