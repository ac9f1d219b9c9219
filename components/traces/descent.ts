import type { StemmaNode } from "#components/charts/stemma-layout.ts";
import { promptVersionHref, type SpanLinks } from "./span-links.ts";

/**
 * Where an answer descends from, by stored links alone: dataset → evaluation, prompt version, model version, A/B
 * test's variant → this answer. Empty when nothing is known but the answer itself.
 */
export function descentOf(slug: string, links: SpanLinks, answer: { label: string }): StemmaNode[] {
  const { promptVersion, modelVersion, abTest, evaluation } = links;
  const nodes: StemmaNode[] = [];
  if (evaluation) {
    nodes.push({
      id: "dataset",
      kind: "Dataset",
      label: evaluation.datasetName,
      detail: `v${evaluation.datasetNumber}`,
      href: `/${slug}/evaluations/${evaluation.id}`,
      parents: [],
    });
    nodes.push({
      id: "evaluation",
      kind: "Evaluation",
      label: evaluation.name,
      href: `/${slug}/evaluations/${evaluation.id}`,
      parents: ["dataset"],
    });
  }
  if (promptVersion) {
    nodes.push({
      id: "prompt",
      kind: "Prompt version",
      label: promptVersion.name,
      detail: `v${promptVersion.number}`,
      href: promptVersionHref(slug, promptVersion),
      parents: [],
    });
  }
  if (modelVersion) {
    nodes.push({
      id: "model",
      kind: modelVersion.isSimulated ? "Model version, simulated" : "Model version",
      label: modelVersion.modelName,
      detail: `v${modelVersion.number}`,
      href: `/${slug}/models`,
      parents: [],
    });
  }
  if (abTest) {
    nodes.push({
      id: "variant",
      kind: `A/B test ${abTest.name}`,
      label: `Variant ${abTest.variantKey}`,
      href: `/${slug}/ab-tests/${encodeURIComponent(abTest.key)}`,
      parents: ["prompt", "model"],
      variantIndex: abTest.variantIndex,
    });
  }
  if (nodes.length === 0) return [];
  const causes = abTest ? ["variant", "evaluation"] : ["evaluation", "prompt", "model"];
  return [
    ...nodes,
    { id: "answer", kind: "This answer", label: answer.label, parents: causes, isCurrent: true },
  ];
}
