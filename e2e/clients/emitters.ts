import type { Facts } from "./facts.ts";

/*
 * What the stock clients of emitters/ send of the same five calls. Each row tells where an emitter departs from what
 * happened: what it does not say, or says differently. Both are asserted, so that a release that closes a gap, or
 * opens one, is noticed.
 */

export const calls = ["chat", "tools", "stream", "failure", "responses"] as const;
export type Call = (typeof calls)[number];

const model = "rehearsal-large@100x";
const chat: Facts = {
  operation: "chat",
  provider: "openai",
  requestModel: model,
  responseModel: "rehearsal-large",
  hasResponseId: true,
  parameters: { temperature: 0.2, topP: 0.9, maxTokens: 64, seed: 7 },
  input: ["system: Answer with only the name.", "user: What is the capital of Norway?"],
  output: ["assistant: Oslo"],
  tools: [],
  finishReasons: ["stop"],
  tokens: { input: 24, output: 2, cached: 0, reasoning: 0 },
  hasCost: true,
  hasTimeToFirstToken: false,
  error: null,
  prompt: null,
  userId: null,
  sessionId: null,
  tags: [],
};

/** What happened. */
export const happened: Record<Call, Facts> = {
  chat,
  tools: {
    ...chat,
    input: ["system: Answer with only the name.", "user: What is the weather in Paris?"],
    output: ['assistant: get_weather({"city":"Paris"})'],
    tools: ["get_weather"],
    finishReasons: ["tool_calls"],
    tokens: { input: 66, output: 5, cached: 0, reasoning: 0 },
  },
  stream: { ...chat, parameters: { ...chat.parameters, stream: true }, hasTimeToFirstToken: true },
  failure: {
    ...chat,
    responseModel: null,
    hasResponseId: false,
    parameters: { ...chat.parameters, temperature: 3 },
    output: [],
    finishReasons: [],
    tokens: { input: null, output: null, cached: null, reasoning: null },
    hasCost: false,
    error: "BadRequestError",
  },
  responses: { ...chat, parameters: { temperature: 0.2, maxTokens: 64 } },
};

type Departure = {
  what: string;
  /** Of all calls unless named. */
  of?: readonly Call[];
  change: (facts: Facts) => Partial<Facts>;
};

export type EmitterRow = {
  emitter: string;
  dialect: string;
  /** How many spans each call makes; 0 where it sends none, undefined where the call was not made. */
  spans: Partial<Record<Call, number>>;
  departures: readonly Departure[];
};

const dropsParameter = (name: string, of?: readonly Call[]): Departure => ({
  what: `drops ${name}`,
  ...(of && { of }),
  change: ({ parameters: { [name]: _, ...parameters } }) => ({ parameters }),
});
const dropsStream = dropsParameter("stream", ["stream"]);
const dropsSeed = dropsParameter("seed");
const dropsSubsets: Departure = {
  what: "sends no cached and reasoning tokens",
  change: ({ tokens }) => ({ tokens: { ...tokens, cached: null, reasoning: null } }),
};
const dropsStreamedUsage: Departure = {
  what: "loses the tokens of a stream, though asked to include them",
  of: ["stream"],
  change: () => ({ tokens: { input: null, output: null, cached: null, reasoning: null }, hasCost: false }),
};
const dropsFirstToken: Departure = {
  what: "does not say when the first token came",
  of: ["stream"],
  change: () => ({ hasTimeToFirstToken: false }),
};
const saysContext: Departure = {
  what: "was told the prompt and who asked",
  change: () => ({ prompt: "capitals 3", userId: "ada", sessionId: "s1", tags: ["a", "b"] }),
};
const callsErrorOtherwise = (error: string): Departure => ({
  what: `calls the error ${error}`,
  of: ["failure"],
  change: () => ({ error }),
});
const dropsFinish = (of?: readonly Call[]): Departure => ({
  what: "does not say why the answer ended",
  ...(of && { of }),
  change: () => ({ finishReasons: [] }),
});

const five = { chat: 1, tools: 1, stream: 1, failure: 1, responses: 1 };
const failedCallsAreLost = { ...five, failure: 0 };

const byHand: Omit<EmitterRow, "emitter"> = {
  dialect: "otel",
  spans: { chat: 1, tools: 1, stream: 1, failure: 1 },
  departures: [
    {
      what: "was told the prompt and who asked",
      change: () => ({ prompt: "capitals 3", userId: "ada", sessionId: "s1" }),
    },
  ],
};

export const emitters: readonly EmitterRow[] = [
  { emitter: "otlp-protobuf", ...byHand },
  { emitter: "otlp-json", ...byHand },
  {
    emitter: "gateway",
    dialect: "gateway",
    spans: five,
    departures: [
      { what: "was told who asked", change: () => ({ userId: "ada", sessionId: "s1", tags: ["a", "b"] }) },
      { what: "names the connection's provider", change: () => ({ provider: "rehearsal" }) },
      callsErrorOtherwise("400"),
    ],
  },
  {
    emitter: "otel-openai",
    dialect: "otel",
    spans: five,
    departures: [
      dropsSeed,
      dropsStream,
      dropsSubsets,
      dropsFirstToken,
      { what: "does not send the tools offered", change: () => ({ tools: [] }) },
    ],
  },
  {
    emitter: "openinference",
    dialect: "openinference",
    spans: failedCallsAreLost,
    departures: [
      dropsStreamedUsage,
      dropsFirstToken,
      dropsFinish(["responses"]),
      {
        what: "calls the model of a stream as it was asked for, and drops the answer's id",
        of: ["stream"],
        change: () => ({ responseModel: model, hasResponseId: false }),
      },
    ],
  },
  {
    emitter: "traceloop",
    dialect: "traceloop",
    spans: failedCallsAreLost,
    departures: [
      dropsSeed,
      dropsStream,
      dropsSubsets,
      dropsStreamedUsage,
      dropsFirstToken,
      {
        what: "drops the instructions of a Responses call",
        of: ["responses"],
        change: ({ input }) => ({ input: input.slice(1) }),
      },
    ],
  },
  {
    emitter: "openlit",
    dialect: "otel",
    spans: five,
    departures: [
      dropsStream,
      dropsSubsets,
      {
        what: "sends of a failed call neither its parameters nor its messages",
        of: ["failure"],
        change: () => ({ parameters: {}, input: [] }),
      },
      {
        what: "adds the top_p that the provider assumed",
        of: ["responses"],
        change: ({ parameters }) => ({ parameters: { ...parameters, topP: 1 } }),
      },
    ],
  },
  {
    emitter: "ai-sdk-5",
    dialect: "ai-sdk",
    spans: { chat: 2, tools: 3, stream: 2, failure: 2 },
    departures: [
      saysContext,
      dropsStream,
      callsErrorOtherwise("AI_APICallError"),
      {
        what: "sends each tool with strict: false, which is read as four tokens",
        of: ["tools"],
        change: ({ tokens }) => ({ tokens: { ...tokens, input: 70 } }),
      },
      {
        what: "sends cached and reasoning tokens of a stream only",
        of: ["chat", "tools"],
        change: ({ tokens }) => ({ tokens: { ...tokens, cached: null, reasoning: null } }),
      },
    ],
  },
  {
    emitter: "ai-sdk-6",
    dialect: "ai-sdk",
    spans: { chat: 2, tools: 3, stream: 2, failure: 2 },
    departures: [saysContext, dropsStream, callsErrorOtherwise("AI_APICallError")],
  },
  {
    emitter: "ai-sdk-7",
    dialect: "ai-sdk",
    spans: { chat: 3, tools: 4, stream: 3, failure: 3 },
    departures: [
      { ...saysContext, change: () => ({ prompt: "capitals 3", userId: "ada", sessionId: "s1" }) },
      dropsStream,
      dropsSeed,
      callsErrorOtherwise("AI_APICallError"),
      {
        what: "sends no reasoning tokens",
        change: ({ tokens }) => ({ tokens: { ...tokens, reasoning: null } }),
      },
    ],
  },
  {
    emitter: "ai-sdk-7-legacy",
    dialect: "ai-sdk",
    spans: { chat: 2, tools: 3, stream: 2, failure: 2 },
    departures: [saysContext, dropsStream, callsErrorOtherwise("AI_APICallError")],
  },
  {
    emitter: "openinference-vercel",
    dialect: "ai-sdk",
    spans: { chat: 3, tools: 4, stream: 3, failure: 3 },
    departures: [
      dropsStream,
      dropsSeed,
      callsErrorOtherwise("AI_APICallError"),
      {
        what: "calls the model of a failed call as it was asked for",
        of: ["failure"],
        change: () => ({ responseModel: model }),
      },
    ],
  },
  {
    emitter: "langfuse",
    dialect: "langfuse",
    spans: five,
    departures: [
      saysContext,
      dropsFinish(),
      { what: "names no provider", change: () => ({ provider: null }) },
      { what: "names only the model that answered", change: () => ({ requestModel: null }) },
      { what: "drops the answer's id", change: () => ({ hasResponseId: false }) },
      {
        what: "calls the model of a stream and of a failed call as it was asked for",
        of: ["stream", "failure"],
        change: () => ({ responseModel: model }),
      },
      { ...callsErrorOtherwise("unknown"), what: "does not say what kind of error it was" },
      {
        what: "adds what the provider assumed",
        of: ["responses"],
        change: ({ parameters }) => ({
          parameters: { ...parameters, topP: 1, toolChoice: "auto", parallelToolCalls: true },
        }),
      },
    ],
  },
  {
    emitter: "langsmith",
    dialect: "langsmith",
    spans: { ...five, stream: 0 },
    departures: [saysContext, callsErrorOtherwise("Error"), dropsFinish(["responses"])],
  },
  {
    emitter: "braintrust",
    dialect: "braintrust",
    spans: { chat: 1 },
    departures: [
      { what: "was told the tags", change: () => ({ tags: ["a", "b"] }) },
      { what: "was told only the temperature", change: () => ({ parameters: { temperature: 0.2 } }) },
      { what: "was not told what answered", change: () => ({ responseModel: null, hasResponseId: false }) },
      dropsSubsets,
    ],
  },
];

/** What is to be read of a call from an emitter's spans. */
export function expectedFacts(row: EmitterRow, call: Call): Facts {
  const facts = { ...happened[call] };
  for (const { of, change } of row.departures) {
    if (!of || of.includes(call)) Object.assign(facts, change(facts));
  }
  return facts;
}
