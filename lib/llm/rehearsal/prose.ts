import { plainSegment, type Segment } from "./answer.ts";
import type { ChatMessageIn } from "./chat-request.ts";
import { textOf } from "./prompt.ts";
import type { Draw } from "./random.ts";
import { type Sampling, sample } from "./sample.ts";

export type ProseOptions = Sampling & { frequencyPenalty: number; presencePenalty: number };

const maxWords = 90;
const stop = "\u0003";

/**
 * Text about anything else: a chain of word pairs (Markov, order 1) over a small stock of general sentences and
 * the words of the prompt, drawn with the request's temperature, nucleus and penalties. It reads like an answer
 * and says nothing.
 */
export function writeProse(messages: readonly ChatMessageIn[], options: ProseOptions, draw: Draw): Segment[] {
  const topics = topicsOf(messages);
  const pairs = pairsOf([...stock.map((line) => fillIn(line, topics)), ...promptSentences(messages)]);
  const counts = new Map<string, number>();
  const segments: Segment[] = [];
  let word = "";
  let sentences = 0;

  while (segments.length < maxWords) {
    const next = [...(pairs.get(word) ?? pairs.get("")!)];
    const logits = next.map(([candidate, weight]) => {
      const used = counts.get(candidate) ?? 0;
      // Penalties as OpenAI defines them: logit − used·frequency − [used>0]·presence.
      return (
        Math.log(weight) - used * (0.4 + options.frequencyPenalty) - (used > 0 ? options.presencePenalty : 0)
      );
    });
    const { index, logprob, probabilities } = sample(logits, options, draw);
    const chosen = next[index]![0];
    if (chosen === stop) {
      sentences++;
      if (sentences >= 3) break;
      word = "";
      continue;
    }
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    const space = segments.length > 0 ? " " : "";
    segments.push({
      text: space + chosen,
      logprob,
      alternatives: next.map(([candidate], rank) => ({
        text: space + candidate.replace(stop, ""),
        logprob: Math.log(Math.max(probabilities[rank]!, Number.MIN_VALUE)),
      })),
    });
    word = chosen;
  }
  return segments.length > 0 ? segments : [plainSegment("I see.")];
}

const stock = [
  "In short, {a} depends mostly on {b} and on how it is used.",
  "The main point about {a} is that it should fit its purpose.",
  "There are several ways to look at {a}, and each of them matters.",
  "A good place to start with {a} is a small and concrete example.",
  "It helps to separate {a} from {b} before going further.",
  "In practice, {b} is often the harder part and takes more time.",
  "Most people who work with {a} begin with the simplest version.",
  "The main reason is that {b} changes how {a} is understood.",
  "There is no single answer, but {a} and {b} usually go together.",
  "If you want to go deeper, compare {a} with something you know well.",
  "It is worth writing down what {a} means before you decide.",
  "You can test this by changing {b} and looking at what happens.",
];

const commonWords = new Set(
  "about above after again also answer because been before being between could does each every from give have here how into just like make more most much must need only other over please same should some such tell than that their them then there these they this those through very want were what when where which while with would write your you are the and for was can not but all any its our out who why did has had his her she him".split(
    " ",
  ),
);

function topicsOf(messages: readonly ChatMessageIn[]): [string, string] {
  const last = textOf(messages.findLast((message) => message.role === "user") ?? messages.at(-1)!);
  const words = [...last.slice(0, 4000).matchAll(/\p{L}[\p{L}'-]{3,}/gu)].map((match) =>
    match[0].toLowerCase(),
  );
  const topics = [...new Set(words.filter((word) => !commonWords.has(word)))].sort(
    (a, b) => b.length - a.length,
  );
  return [topics[0] ?? "the question", topics[1] ?? "the context"];
}

function fillIn(line: string, [a, b]: [string, string]): string {
  return line.replaceAll("{a}", a).replaceAll("{b}", b);
}

function promptSentences(messages: readonly ChatMessageIn[]): string[] {
  const text = messages.map(textOf).join(" ").slice(0, 2000);
  return text.match(/[^.!?\n]{20,160}[.!]/g)?.slice(0, 6) ?? [];
}

function pairsOf(sentences: readonly string[]): Map<string, Map<string, number>> {
  const pairs = new Map<string, Map<string, number>>();
  for (const sentence of sentences) {
    const words = ["", ...sentence.trim().split(/\s+/), stop];
    for (const [position, word] of words.slice(0, -1).entries()) {
      const followers = pairs.get(word) ?? new Map<string, number>();
      const next = words[position + 1]!;
      followers.set(next, (followers.get(next) ?? 0) + 1);
      pairs.set(word, followers);
    }
  }
  return pairs;
}
