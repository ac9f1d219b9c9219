import { type Candidate, type Dialect, text, textOf } from "./dialect.ts";

const metadataPrefixes = [
  "ai.telemetry.metadata.",
  "ai.settings.context.",
  "langfuse.trace.metadata.",
  "langfuse.observation.metadata.",
  "traceloop.association.properties.",
  "langsmith.metadata.",
];

/**
 * Our own attributes: which variant of which A/B test a unit got, and through which deployment. An emitter that
 * can't set span attributes may send them as metadata (`ai.telemetry.metadata.…`, `langfuse.trace.metadata.…`, …)
 * or on the resource.
 */
export const stemma: Dialect = {
  name: "stemma",
  prefixes: ["stemma."],
  fields: {
    abTestKey: own("stemma.ab_test.key"),
    variantKey: own("stemma.ab_test.variant"),
    unitId: own("stemma.ab_test.unit"),
    deployment: own("stemma.deployment"),
    promptName: [text("stemma.prompt.name")],
    promptVersion: [text("stemma.prompt.version")],
  },
};

function own(key: string): Candidate<string>[] {
  return [
    text(key),
    ...metadataPrefixes.map((prefix) => text(`${prefix}${key}`)),
    ({ resource }) => textOf(resource[key]),
  ];
}
