import type { Json, JsonObject } from "#lib/core/json.ts";
import { ChatAccumulator, readCompletion } from "#lib/llm/accumulate-chat.ts";
import { noUsage, readUsage } from "#lib/llm/read-usage.ts";
import { parseChunk } from "#lib/llm/stream.ts";
import type { TokenUsage } from "#lib/models/pricing.ts";
import { readMessages } from "#lib/traces/conventions/messages.ts";
import type { Message, Operation } from "#lib/traces/span.ts";

/** What was seen of an answer. */
export type Observed = {
  outputMessages: Message[] | null;
  finishReasons: string[];
  usage: TokenUsage;
  model: string | null;
  /** The provider's id of the answer. */
  id: string | null;
  /** An error that came inside a stream that had begun well. */
  error: string | null;
};

/** Watches a streamed answer go by. */
export type Observer = {
  /** Takes one event's data; tells whether it brought content. */
  push(data: string): boolean;
  finish(): Observed;
};

/** One of the provider's addresses that the gateway passes on, and how to read what goes through it. */
export type Endpoint = {
  path: string;
  operation: Operation;
  readInput(body: JsonObject): { inputMessages: Message[] | null; inputValue: Json | null };
  readWhole(body: Json): Observed;
  observe(): Observer;
};

export const nothingObserved: Observed = {
  outputMessages: null,
  finishReasons: [],
  usage: noUsage,
  model: null,
  id: null,
  error: null,
};

export const chatEndpoint: Endpoint = {
  path: "/chat/completions",
  operation: "chat",
  readInput: (body) => ({ inputMessages: readMessages(body.messages, "user"), inputValue: null }),
  readWhole(body) {
    const chat = readCompletion(body);
    return chat ? observedChat(chat) : nothingObserved;
  },
  observe() {
    const accumulator = new ChatAccumulator();
    let error: string | null = null;
    return {
      push(data) {
        const [chunk] = parseChunk(data);
        if (chunk?.error) error = messageOf(chunk.error);
        return chunk ? accumulator.push(chunk) : false;
      },
      finish: () => ({ ...observedChat(accumulator.finish()), error }),
    };
  },
};

export const responsesEndpoint: Endpoint = {
  path: "/responses",
  operation: "chat",
  readInput(body) {
    const { input = null, instructions = null } = body;
    return { inputMessages: readMessages({ input, instructions }, "user"), inputValue: null };
  },
  readWhole: observedResponse,
  observe() {
    let last: Observed = nothingObserved;
    return {
      push(data) {
        const event = parseJson(data) as { type?: unknown; response?: Json; message?: unknown } | null;
        if (typeof event?.type !== "string") return false;
        if (event.response) last = observedResponse(event.response);
        if (event.type === "error") last = { ...last, error: messageOf(event) };
        return event.type.endsWith(".delta");
      },
      finish: () => last,
    };
  },
};

export const embeddingsEndpoint: Endpoint = {
  path: "/embeddings",
  operation: "embeddings",
  readInput: (body) => ({ inputMessages: null, inputValue: body.input ?? null }),
  readWhole(body) {
    const { model = null, usage } = (body ?? {}) as { model?: string | null; usage?: unknown };
    return { ...nothingObserved, model, usage: readUsage(usage) };
  },
  observe: () => ({ push: () => false, finish: () => nothingObserved }),
};

export const gatewayEndpoints: readonly Endpoint[] = [chatEndpoint, responsesEndpoint, embeddingsEndpoint];

function observedChat({
  choices,
  usage,
  model,
  id,
}: NonNullable<ReturnType<typeof readCompletion>>): Observed {
  const messages = choices.flatMap(({ message, finishReason }) => {
    const { reasoning, ...said } = message;
    const shown = { ...said, reasoning_content: reasoning, finish_reason: finishReason };
    return readMessages([shown as unknown as Json], "assistant") ?? [];
  });
  const finishReasons = choices.flatMap((choice) => (choice.finishReason ? [choice.finishReason] : []));
  return {
    outputMessages: messages.length > 0 ? messages : null,
    finishReasons,
    usage,
    model,
    id,
    error: null,
  };
}

function observedResponse(body: Json): Observed {
  const response = (body ?? {}) as { [field: string]: Json | undefined };
  const isFinal = response.status === "completed" || response.status === "incomplete";
  return {
    outputMessages: Array.isArray(response.output) ? readMessages(response.output, "assistant") : null,
    finishReasons: isFinal ? [response.status === "completed" ? "stop" : "length"] : [],
    usage: readUsage(response.usage),
    model: typeof response.model === "string" ? response.model : null,
    id: typeof response.id === "string" ? response.id : null,
    error: response.error ? messageOf(response.error) : null,
  };
}

function messageOf(error: unknown): string {
  const message = (error as { message?: unknown }).message;
  return typeof message === "string" ? message : "The provider's stream ended with an error.";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
