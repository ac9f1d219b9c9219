/** A simulated model. Skills are logits: see the page comment of app.ts. */
export type RehearsalModel = {
  id: string;
  /** Mean lead of the right answer over the wrong ones, before the prompt's help. */
  knowledge: number;
  /** Spread of that lead from fact to fact. */
  unevenness: number;
  /** Lead of doing what the prompt says about form over not doing it. */
  obedience: number;
  firstToken: Lognormal;
  perToken: Lognormal;
  /** Shares of calls that are refused with 429 or fail with 500. */
  refusedShare: number;
  failedShare: number;
};

/** Milliseconds: the median and the standard deviation of the logarithm. */
export type Lognormal = { medianMs: number; sigma: number };

export const contextTokens = 128_000;
export const maxOutputTokens = 16_384;
export const embeddingModelId = "rehearsal-embedding";

const small = {
  knowledge: 3.1,
  unevenness: 2,
  obedience: 3,
  firstToken: { medianMs: 180, sigma: 0.3 },
  perToken: { medianMs: 7, sigma: 0.25 },
  refusedShare: 0,
  failedShare: 0,
};

export const rehearsalModels: readonly RehearsalModel[] = [
  {
    id: "rehearsal-large",
    knowledge: 5.4,
    unevenness: 1.6,
    obedience: 5,
    firstToken: { medianMs: 420, sigma: 0.35 },
    perToken: { medianMs: 18, sigma: 0.25 },
    refusedShare: 0,
    failedShare: 0,
  },
  { id: "rehearsal-small", ...small },
  { id: "rehearsal-flaky", ...small, refusedShare: 0.08, failedShare: 0.04 },
];

/** `rehearsal-small@50x` is rehearsal-small, fifty times as fast. Null for a model that does not exist. */
export function findRehearsalModel(name: string): { model: RehearsalModel; speed: number | null } | null {
  const [, id, speed] = /^(.*?)(?:@(\d+(?:\.\d+)?)x)?$/.exec(name) ?? [];
  const model = rehearsalModels.find((candidate) => candidate.id === id);
  return model ? { model, speed: speed ? Number(speed) || null : null } : null;
}
