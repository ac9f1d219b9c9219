import type { ScoreInputDraft } from "#lib/scores/schema.ts";
import type { Send } from "./connection.ts";

export class Scores {
  #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /**
   * Records a score about a trace, a span or a session, or up to a thousand at once, all or none; returns their ids.
   * Ids are made here, so that a call repeated after a lost answer is stored once.
   *
   * @example
   * await stemma.scores.record({ traceId, name: "helpful", value: true });
   */
  async record(scores: ScoreInputDraft | ScoreInputDraft[]): Promise<string[]> {
    const body = [scores].flat().map((score) => ({ id: crypto.randomUUID(), ...score }));
    const response = await this.#send({ method: "POST", path: "/api/v1/scores", body });
    return ((await response.json()) as { ids: string[] }).ids;
  }
}
