import type { CellAnswer, RunEvent } from "#lib/playground/answer.ts";
import { ownError } from "#lib/playground/explain-error.ts";
import type { RestoredCell } from "#lib/playground/restore-cells.ts";
import type { ChatMessage } from "#lib/prompts/schema.ts";
import type { Score } from "#lib/scores/schema.ts";

/** What a cell shows now. */
export type CellState = {
  phase: "queued" | "running" | "over";
  text: string;
  reasoning: string;
  since: ChatMessage[];
  /** A call that waits to be tried again. */
  retry: { attempt: number; untilMs: number; message: string } | null;
  answer: CellAnswer | null;
  thumb: boolean | null;
  /** Other scores given here, the newest last. */
  scores: { name: string; value: number | boolean | string }[];
};

/**
 * The cells of the grid, outside React: a token that arrives draws one cell again and nothing else. Events are applied
 * in batches, because sixty answers at once bring thousands of them a second.
 */
export class RunStore {
  #cells = new Map<string, CellState>();
  #listeners = new Map<string, Set<() => void>>();
  #anyListeners = new Set<() => void>();
  #waiting: RunEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #version = 0;

  constructor(restored: Readonly<Record<string, RestoredCell>> = {}) {
    for (const [key, { answer, scores }] of Object.entries(restored))
      this.#cells.set(key, { ...overState(answer), ...givenScores(scores) });
  }

  get(key: string): CellState | undefined {
    return this.#cells.get(key);
  }

  entries(): [string, CellState][] {
    return [...this.#cells];
  }

  /** Changes with every change of any cell. */
  get version(): number {
    return this.#version;
  }

  subscribe(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  subscribeAll(listener: () => void): () => void {
    this.#anyListeners.add(listener);
    return () => this.#anyListeners.delete(listener);
  }

  /** The cells wait for their turn; what they held is gone, but for what was said before in a conversation. */
  queue(keys: readonly string[], since: ReadonlyMap<string, ChatMessage[]> = new Map()): void {
    for (const key of keys) this.#set(key, { ...fresh, since: since.get(key) ?? [] });
    this.#tell();
  }

  /** Puts back what cells held before a run that could not be started. */
  putBack(cells: readonly (readonly [string, CellState | undefined])[]): void {
    for (const [key, cell] of cells) {
      if (cell) this.#set(key, cell);
      else this.#delete(key);
    }
    this.#tell();
  }

  keepOnly(isKept: (key: string) => boolean): void {
    for (const key of this.#cells.keys()) if (!isKept(key)) this.#delete(key);
    this.#tell();
  }

  setThumb(key: string, thumb: boolean | null): void {
    const cell = this.#cells.get(key);
    if (!cell) return;
    this.#set(key, { ...cell, thumb });
    this.#tell();
  }

  score(key: string, name: string, value: CellState["scores"][number]["value"]): void {
    const cell = this.#cells.get(key);
    if (!cell) return;
    const isThumb = name === "thumbs" && typeof value === "boolean";
    this.#set(
      key,
      isThumb ? { ...cell, thumb: value } : { ...cell, scores: [...cell.scores, { name, value }] },
    );
    this.#tell();
  }

  push(event: RunEvent): void {
    this.#waiting.push(event);
    // Not a frame: those stop coming in a tab that nobody looks at, and the answers should not.
    this.#timer ??= setTimeout(() => this.flush(), 33);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const events = this.#waiting;
    this.#waiting = [];
    for (const event of events) this.#apply(event);
    if (events.length > 0) this.#tell();
  }

  /** The stream broke off: what has not answered never will. */
  breakOff(keys: readonly string[], message: string): void {
    this.flush();
    for (const key of keys) {
      const cell = this.#cells.get(key);
      if (!cell || cell.phase === "over") continue;
      const error = ownError("other", message, "Run it again.");
      this.#set(
        key,
        overState({ ...lostAnswer, text: cell.text, since: cell.since, status: "error", error }),
      );
    }
    this.#tell();
  }

  #apply(event: RunEvent): void {
    if (event.type === "run" || event.type === "end") return;
    const cell = this.#cells.get(event.cell) ?? fresh;
    switch (event.type) {
      case "call":
        this.#set(event.cell, { ...cell, phase: "running", text: "", reasoning: "", retry: null });
        break;
      case "text":
        this.#set(event.cell, { ...cell, text: cell.text + event.text, retry: null });
        break;
      case "reasoning":
        this.#set(event.cell, { ...cell, reasoning: cell.reasoning + event.text, retry: null });
        break;
      case "retry": {
        const { attempt, waitS, message } = event;
        this.#set(event.cell, { ...cell, retry: { attempt, untilMs: Date.now() + waitS * 1000, message } });
        break;
      }
      case "since":
        this.#set(event.cell, { ...cell, since: event.since, text: "", reasoning: "" });
        break;
      case "answer":
        this.#set(event.cell, overState(event.answer));
        break;
    }
  }

  #set(key: string, cell: CellState): void {
    this.#cells.set(key, cell);
    this.#changed.add(key);
  }

  #delete(key: string): void {
    this.#cells.delete(key);
    this.#changed.add(key);
  }

  #changed = new Set<string>();

  #tell(): void {
    if (this.#changed.size === 0) return;
    this.#version += 1;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const key of changed) for (const listener of this.#listeners.get(key) ?? []) listener();
    for (const listener of this.#anyListeners) listener();
  }
}

const fresh: CellState = {
  phase: "queued",
  text: "",
  reasoning: "",
  since: [],
  retry: null,
  answer: null,
  thumb: null,
  scores: [],
};

const lostAnswer: CellAnswer = {
  status: "error",
  since: [],
  text: "",
  reasoning: null,
  toolCalls: [],
  answered: {},
  finishReason: null,
  error: null,
  metrics: {
    calls: 0,
    latencyMs: null,
    timeToFirstTokenMs: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
  },
  seed: null,
  model: null,
  promptVersion: null,
  traceId: null,
  spanId: null,
  mark: "",
};

function overState(answer: CellAnswer): CellState {
  const { text, since } = answer;
  return { ...fresh, phase: "over", text, reasoning: answer.reasoning ?? "", since, answer };
}

function givenScores(scores: readonly Score[]): Pick<CellState, "thumb" | "scores"> {
  const thumb = scores.findLast((score) => score.name === "thumbs")?.value;
  return {
    thumb: typeof thumb === "boolean" ? thumb : null,
    scores: scores.filter((score) => score.name !== "thumbs").map(({ name, value }) => ({ name, value })),
  };
}
