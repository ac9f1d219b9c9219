import type { Draw } from "./random.ts";

export type Sampling = {
  /** 0 takes the likeliest. */
  temperature: number;
  /** Only the likeliest options that together reach this probability are drawn from. */
  topP: number;
};

export type Drawn = { index: number; logprob: number; probabilities: number[] };

/**
 * Draws one option as a language model draws a token: softmax of logits ÷ temperature, cut to the nucleus
 * (Holtzman et al. 2020, §3.1), renormalised. One number is taken from `draw` whatever the parameters, so runs
 * with one seed and different temperatures stay comparable. `probabilities` and `logprob` are before the cut
 * and at temperature 1 for greedy decoding, as providers report them.
 */
export function sample(logits: readonly number[], { temperature, topP }: Sampling, draw: Draw): Drawn {
  const uniform = draw();
  const probabilities = softmax(logits, temperature > 0 ? temperature : 1);
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const nucleus = temperature > 0 ? nucleusOf(order, probabilities, topP) : order.slice(0, 1);

  const mass = nucleus.reduce((sum, index) => sum + probabilities[index]!, 0);
  let left = uniform * mass;
  let index = nucleus[nucleus.length - 1]!;
  for (const candidate of nucleus) {
    left -= probabilities[candidate]!;
    if (left < 0) {
      index = candidate;
      break;
    }
  }
  return { index, logprob: Math.log(Math.max(probabilities[index]!, Number.MIN_VALUE)), probabilities };
}

function softmax(logits: readonly number[], temperature: number): number[] {
  const scaled = logits.map((logit) => logit / temperature);
  const highest = Math.max(...scaled);
  const weights = scaled.map((value) => Math.exp(value - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function nucleusOf(order: readonly number[], probabilities: readonly number[], topP: number): number[] {
  let mass = 0;
  let size = 0;
  do mass += probabilities[order[size++]!]!;
  while (mass < topP && size < order.length);
  return order.slice(0, size);
}
