/** The five calls that every emitter is watched at. They fit each other, so that their spans can be compared. */
export const model = "rehearsal-large@100x";
export const sampling = { temperature: 0.2, topP: 0.9, maxTokens: 64, seed: 7 };
export const instructions = "Answer with only the name.";
export const question = "What is the capital of Norway?";
export const toolQuestion = "What is the weather in Paris?";
export const weather = {
  name: "get_weather",
  description: "The weather in a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const messages = (asked) => [
  { role: "system", content: instructions },
  { role: "user", content: asked },
];
const parameters = {
  model,
  temperature: sampling.temperature,
  top_p: sampling.topP,
  max_tokens: sampling.maxTokens,
  seed: sampling.seed,
};

/** The calls with OpenAI's client. */
export function openAiCalls(client) {
  return {
    chat: () => client.chat.completions.create({ ...parameters, messages: messages(question) }),
    tools: () =>
      client.chat.completions.create({
        ...parameters,
        messages: messages(toolQuestion),
        tools: [{ type: "function", function: weather }],
      }),
    stream: async () => {
      const stream = await client.chat.completions.create({
        ...parameters,
        messages: messages(question),
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const _ of stream);
    },
    failure: () =>
      client.chat.completions.create({ ...parameters, temperature: 3, messages: messages(question) }),
    responses: () =>
      client.responses.create({
        model,
        instructions,
        input: question,
        temperature: 0.2,
        max_output_tokens: 64,
      }),
  };
}

/** The calls with the AI SDK; `telemetry` is what a generation of it is told about tracing. */
export function aiSdkCalls({ generateText, streamText, tool, jsonSchema }, chatModel, telemetry) {
  const settings = {
    model: chatModel,
    system: instructions,
    prompt: question,
    temperature: sampling.temperature,
    topP: sampling.topP,
    maxOutputTokens: sampling.maxTokens,
    seed: sampling.seed,
    maxRetries: 0,
    ...telemetry,
  };
  const get_weather = tool({
    description: weather.description,
    inputSchema: jsonSchema(weather.parameters),
    execute: async () => ({ celsius: 20 }),
  });
  return {
    chat: () => generateText(settings),
    tools: () => generateText({ ...settings, prompt: toolQuestion, tools: { get_weather } }),
    stream: async () => {
      for await (const _ of streamText(settings).textStream);
    },
    failure: () => generateText({ ...settings, temperature: 3 }),
  };
}
