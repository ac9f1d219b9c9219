import { setTimeout as sleep } from "node:timers/promises";
import type { Lognormal, RehearsalModel } from "./models.ts";
import { type Draw, freshDraws, normal } from "./random.ts";

/** When the tokens of one answer come, in milliseconds after the request. */
export class Pace {
  #startMs = performance.now();
  #dueMs: number;
  #draw: Draw = freshDraws();
  #model: RehearsalModel;
  #speed: number;

  /** `speed` divides every wait; `silentTokens` (hidden reasoning) pass before the first token. */
  constructor(model: RehearsalModel, speed: number, silentTokens: number) {
    this.#model = model;
    this.#speed = speed;
    this.#dueMs = this.#sample(model.firstToken);
    for (let token = 0; token < silentTokens; token++) this.#dueMs += this.#sample(model.perToken);
  }

  /** Waits for the first token. Rejects with the signal's reason when it is aborted. */
  async first(signal: AbortSignal): Promise<void> {
    await this.#wait(signal);
  }

  /** Waits for `count` more tokens. */
  async next(signal: AbortSignal, count = 1): Promise<void> {
    for (let token = 0; token < count; token++) this.#dueMs += this.#sample(this.#model.perToken);
    await this.#wait(signal);
  }

  // Timers are no finer than a millisecond: waits shorter than that add up until they are due.
  async #wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const leftMs = this.#dueMs - (performance.now() - this.#startMs);
    if (leftMs >= 1) await sleep(leftMs, undefined, { signal });
  }

  #sample({ medianMs, sigma }: Lognormal): number {
    return (medianMs * Math.exp(sigma * normal(this.#draw))) / this.#speed;
  }
}
