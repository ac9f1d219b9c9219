import type { StemmaNode } from "#components/charts/stemma-layout.ts";
import { promptVersionHref, type SpanLinks } from "./span-links.ts";

/**
 * Where an answer descends from, by stored links alone: prompt version and model version, through the A/B test's
 * variant or the evaluation of a dataset, to this answer. Empty when nothing is known but the answer itself.
 */
export function descentOf(slug: string, links: SpanLinks, answer: { label: string }): StemmaNode[] {
  const { promptVersion, modelVersion, abTest, evaluation } = links;
  const nodes: StemmaNode[] = [];
  const add = (node: StemmaNode) => nodes.push(node);
  if (promptVersion) {
    add({
      id: "prompt",
      kind: "Prompt version",
      label: promptVersion.name,
      detail: `v${promptVersion.number}`,
      href: promptVersionHref(slug, promptVersion),
      parents: [],
    });
  }
  if (modelVersion) {
    add({
      id: "model",
      kind: modelVersion.isSimulated ? "Simulated model" : "Model version",
      label: modelVersion.modelName,
      detail: `v${modelVersion.number}`,
      href: `/${slug}/models`,
      parents: [],
    });
  }
  if (evaluation) {
    add({
      id: "dataset",
      kind: "Dataset",
      label: evaluation.datasetName,
      detail: `v${evaluation.datasetNumber}`,
      href: `/${slug}/datasets/${evaluation.datasetId}`,
      parents: [],
    });
    add({
      id: "evaluation",
      kind: "Evaluation",
      label: evaluation.name,
      href: `/${slug}/evaluations/${evaluation.id}`,
      parents: ["prompt", "model", "dataset"],
    });
  }
  if (abTest) {
    add({
      id: "variant",
      kind: `A/B test ${abTest.name}`,
      label: `Variant ${abTest.variantKey}`,
      href: `/${slug}/ab-tests/${encodeURIComponent(abTest.key)}`,
      parents: ["prompt", "model"],
      variantIndex: abTest.variantIndex,
    });
  }
  if (nodes.length === 0) return [];
  const last = nodes.filter((node) => !nodes.some((other) => other.parents.includes(node.id)));
  return [
    ...nodes,
    {
      id: "answer",
      kind: "This answer",
      label: answer.label,
      parents: last.map((node) => node.id),
      isCurrent: true,
    },
  ];
}
