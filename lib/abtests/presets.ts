import type { Guardrail, MetricChoice, Metrics, presetNames } from "./schema.ts";

export type PresetName = (typeof presetNames)[number];

export type Preset = { name: PresetName; title: string; question: string; needsScore: boolean };

export const presets: readonly Preset[] = [
  {
    name: "better_quality",
    title: "Better quality",
    question: "Does it answer better, without more errors, delay or cost?",
    needsScore: true,
  },
  {
    name: "cheaper_not_worse",
    title: "Cheaper and not worse",
    question: "Is it cheaper, with answers that are not worse?",
    needsScore: true,
  },
  {
    name: "faster_not_worse",
    title: "Faster and not worse",
    question: "Is it faster, with answers that are not worse?",
    needsScore: true,
  },
  {
    name: "safe_replacement",
    title: "Safe replacement",
    question: "Does it cost less, with nothing getting worse that people would notice?",
    needsScore: true,
  },
];

const notSlower: Guardrail = { metric: "latency_ms.p95", margin: { kind: "relative", value: 0.1 } };
const notDearer: Guardrail = { metric: "cost_usd", margin: { kind: "relative", value: 0.1 } };
const noMoreErrors: Guardrail = { metric: "error_rate", margin: { kind: "absolute", value: 0.02 } };

/** The metrics of a preset, for a quality score of this name. Its margins are proposals: confirm them at launch. */
export function presetMetrics(name: PresetName, score: string): Metrics {
  const quality: MetricChoice = { metric: `score:${score}`, mde: { kind: "absolute", value: 0.05 } };
  const qualityKept: Guardrail = { metric: `score:${score}`, margin: { kind: "absolute", value: 0.05 } };
  const watched: MetricChoice[] = [
    { metric: "latency_ms.p50" },
    { metric: "cost_usd.per_unit" },
    { metric: "output_tokens" },
  ];
  switch (name) {
    case "cheaper_not_worse":
      return {
        success: [{ metric: "cost_usd" }],
        guardrails: [qualityKept, noMoreErrors, notSlower],
        exploratory: watched,
      };
    case "faster_not_worse":
      return {
        success: [{ metric: "latency_ms.p50" }],
        guardrails: [qualityKept, noMoreErrors, notDearer],
        exploratory: [
          { metric: "latency_ms.p95" },
          { metric: "cost_usd.per_unit" },
          { metric: "output_tokens" },
        ],
      };
    case "safe_replacement":
      return {
        success: [{ metric: "cost_usd" }],
        guardrails: [
          qualityKept,
          noMoreErrors,
          notSlower,
          { metric: "latency_ms.p50", margin: { kind: "relative", value: 0.1 } },
        ],
        exploratory: [{ metric: "cost_usd.per_unit" }, { metric: "output_tokens" }],
      };
    case "better_quality":
    case "custom":
      return { success: [quality], guardrails: [noMoreErrors, notSlower, notDearer], exploratory: watched };
  }
}
