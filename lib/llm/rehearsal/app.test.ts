import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rehearsalApp } from "./app.ts";

let server: ReturnType<typeof serve>;
let baseURL: string;
let client: OpenAI;

beforeAll(async () => {
  const host = new Hono().route("/rehearsal", rehearsalApp);
  await new Promise<void>((resolve) => {
    server = serve({ fetch: host.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve());
  });
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rehearsal/v1`;
  client = new OpenAI({
    baseURL,
    apiKey: "none",
    maxRetries: 0,
    defaultHeaders: { "x-rehearsal-speed": "500" },
  });
});
afterAll(() => server.close());

const ask = (content: string, system = "Answer the question.") => [
  { role: "system" as const, content: system },
  { role: "user" as const, content },
];
const model = "rehearsal-large";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("the stock client gets an answer with usage that adds up", async () => {
  const answer = await client.chat.completions.create({
    model,
    messages: ask("What is the capital of France?"),
    seed: 1,
    temperature: 0,
  });
  expect(answer.choices[0]!.message.content).toContain("Paris");
  expect(answer.choices[0]!.finish_reason).toBe("stop");
  expect(answer.model).toBe(model);
  expect(answer.usage!.total_tokens).toBe(answer.usage!.prompt_tokens + answer.usage!.completion_tokens);
});

test("a streamed answer is the whole answer, and usage comes last when asked for", async () => {
  const request = { model, messages: ask("What is the capital of Peru?"), seed: 3 };
  const whole = await client.chat.completions.create(request);
  const stream = await client.chat.completions.create({
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(
    whole.choices[0]!.message.content,
  );
  expect(chunks.length).toBeGreaterThan(4);
  expect(chunks.at(-1)!.usage).toEqual(whole.usage);
  expect(chunks.at(-1)!.choices).toEqual([]);
  expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe("stop");
});

test("without include_usage no chunk carries usage", async () => {
  const stream = await client.chat.completions.create({ model, messages: ask("Hello"), stream: true });
  expect((await collect(stream)).some((chunk) => "usage" in chunk)).toBe(false);
});

test("a seed repeats the answer, at any temperature; n gives several", async () => {
  const request = {
    model: "rehearsal-small",
    messages: ask("Write a few lines about rain."),
    seed: 5,
    temperature: 2,
    n: 3,
  };
  const [first, second] = [
    await client.chat.completions.create(request),
    await client.chat.completions.create(request),
  ];
  const texts = first.choices.map((choice) => choice.message.content);
  expect(second.choices.map((choice) => choice.message.content)).toEqual(texts);
  expect(new Set(texts).size).toBe(3);
});

test("more temperature means more wrong answers; a larger model and a better prompt mean fewer", async () => {
  const countries = [
    "Peru",
    "Chad",
    "Laos",
    "Fiji",
    "Oman",
    "Cuba",
    "Togo",
    "Mali",
    "Iran",
    "Nepal",
    "Kenya",
    "Malta",
    "Haiti",
    "Benin",
    "Gabon",
    "Niger",
    "Palau",
    "Samoa",
    "Tonga",
    "Yemen",
  ];
  const capitals = [
    "Lima",
    "N'Djamena",
    "Vientiane",
    "Suva",
    "Muscat",
    "Havana",
    "Lomé",
    "Bamako",
    "Tehran",
    "Kathmandu",
    "Nairobi",
    "Valletta",
    "Port-au-Prince",
    "Porto-Novo",
    "Libreville",
    "Niamey",
    "Ngerulmud",
    "Apia",
    "Nuku'alofa",
    "Sana'a",
  ];
  const rightOf = async (name: string, temperature: number, system?: string) => {
    const answers = await Promise.all(
      countries.flatMap((country) =>
        [1, 2, 3, 4, 5].map((seed) =>
          client.chat.completions.create({
            model: name,
            messages: ask(`Capital of ${country}?`, system),
            seed,
            temperature,
          }),
        ),
      ),
    );
    return answers.filter((answer, index) =>
      answer.choices[0]!.message.content!.includes(capitals[Math.floor(index / 5)]!),
    ).length;
  };
  const cool = await rightOf("rehearsal-small", 0.3);
  const hot = await rightOf("rehearsal-small", 1.8);
  const hotLarge = await rightOf("rehearsal-large", 1.8);
  const hotWithBetterPrompt = await rightOf(
    "rehearsal-small",
    1.8,
    "You are a geographer. Think step by step and check.",
  );
  expect(cool).toBeGreaterThan(hot + 5);
  expect(hotLarge).toBeGreaterThan(hot + 5);
  expect(hotWithBetterPrompt).toBeGreaterThan(hot);
});

test("the form follows the prompt", async () => {
  const answer = async (system: string) =>
    (
      await client.chat.completions.create({
        model,
        messages: ask("What is the capital of Norway?", system),
        temperature: 0,
      })
    ).choices[0]!.message.content;
  expect(await answer("Answer with only the name.")).toBe("Oslo");
  expect(await answer("You are helpful.")).toBe("The capital of Norway is Oslo.");
  expect(JSON.parse((await answer('Reply in JSON like {"city": "…"}'))!)).toEqual({ city: "Oslo" });
});

test("max_tokens ends an answer with length, a stop string with stop", async () => {
  const request = { model, messages: ask("What is the capital of Norway?"), temperature: 0 };
  const short = await client.chat.completions.create({ ...request, max_tokens: 3 });
  expect(short.choices[0]!.finish_reason).toBe("length");
  expect(short.usage!.completion_tokens).toBe(3);
  const stopped = await client.chat.completions.create({ ...request, stop: [" is"] });
  expect(stopped.choices[0]!.message.content).toBe("The capital of Norway");
  expect(stopped.choices[0]!.finish_reason).toBe("stop");
});

test("a tool is called with arguments of its schema, and its result is answered", async () => {
  const tools = [
    {
      type: "function" as const,
      function: {
        name: "get_weather",
        description: "Weather of a city",
        parameters: {
          type: "object",
          properties: { city: { type: "string" }, unit: { enum: ["celsius", "fahrenheit"] } },
          required: ["city"],
        },
      },
    },
  ];
  const messages: OpenAI.ChatCompletionMessageParam[] = ask("What is the weather in Oslo, in fahrenheit?");
  const first = await client.chat.completions.create({ model, messages, tools });
  expect(first.choices[0]!.finish_reason).toBe("tool_calls");
  const call = first.choices[0]!.message.tool_calls![0]!;
  expect(call.type === "function" && JSON.parse(call.function.arguments)).toEqual({
    city: "Oslo",
    unit: "fahrenheit",
  });
  const second = await client.chat.completions.create({
    model,
    tools,
    messages: [
      ...messages,
      first.choices[0]!.message,
      { role: "tool", tool_call_id: call.id, content: "12 °F" },
    ],
  });
  expect(second.choices[0]!.message.content).toContain("12 °F");

  const stream = client.chat.completions.stream({ model, messages, tools });
  const final = await stream.finalChatCompletion();
  const streamed = final.choices[0]!.message.tool_calls![0]!;
  expect(streamed.type === "function" && JSON.parse(streamed.function.arguments)).toEqual({
    city: "Oslo",
    unit: "fahrenheit",
  });
});

test("a JSON schema is filled with the facts it names", async () => {
  const schema = {
    type: "object",
    properties: {
      country: { type: "string" },
      capital: { type: "string" },
      languages: { type: "array", items: { type: "string" } },
    },
    required: ["country", "capital", "languages"],
    additionalProperties: false,
  };
  const answer = await client.chat.completions.create({
    model,
    messages: ask("What is the capital of Norway?"),
    temperature: 0,
    response_format: { type: "json_schema", json_schema: { name: "fact", strict: true, schema } },
  });
  expect(JSON.parse(answer.choices[0]!.message.content!)).toMatchObject({
    country: "Norway",
    capital: "Oslo",
  });
});

test("log-probabilities are of the decision", async () => {
  const answer = await client.chat.completions.create({
    model: "rehearsal-small",
    messages: ask("What is the capital of Norway?", "Answer with only the name."),
    seed: 1,
    logprobs: true,
    top_logprobs: 3,
  });
  const [first] = answer.choices[0]!.logprobs!.content!;
  expect(first!.top_logprobs).toHaveLength(3);
  expect(first!.logprob).toBeLessThan(0);
});

test("reasoning effort costs hidden tokens", async () => {
  const answer = await client.chat.completions.create({
    model,
    messages: ask("Capital of Oman?"),
    reasoning_effort: "low",
  });
  const { completion_tokens, completion_tokens_details } = answer.usage!;
  expect(completion_tokens_details!.reasoning_tokens).toBeGreaterThan(20);
  expect(completion_tokens).toBeGreaterThan(completion_tokens_details!.reasoning_tokens!);
});

test.each<[string, object, number, string | null]>([
  ["a temperature out of range", { temperature: 3 }, 400, "temperature"],
  ["no messages", { messages: undefined }, 400, "messages"],
  ["a wrong role", { messages: [{ role: "robot", content: "x" }] }, 400, "messages[0].role"],
  ["JSON mode without the word", { response_format: { type: "json_object" } }, 400, "messages"],
  ["an unknown model", { model: "gpt-oops" }, 404, "model"],
])("%s is answered in OpenAI's shape", async (_, change, status, param) => {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model, messages: ask("Hello"), ...change }),
  });
  expect(response.status).toBe(status);
  const body = (await response.json()) as { error: Record<string, unknown> };
  expect(Object.keys(body.error)).toEqual(["message", "type", "param", "code"]);
  expect(body.error.param).toBe(param);
});

test("malformed JSON is 400, an unknown address 404", async () => {
  expect((await fetch(`${baseURL}/chat/completions`, { method: "POST", body: "{" })).status).toBe(400);
  expect((await fetch(`${baseURL}/nothing`)).status).toBe(404);
});

test("rehearsal-flaky refuses and fails about as often as it says", async () => {
  const counts: Record<number, number> = {};
  for (let round = 0; round < 40; round++) {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await fetch(`${baseURL}/chat/completions`, {
          method: "POST",
          headers: { "x-rehearsal-speed": "100000" },
          body: JSON.stringify({ model: "rehearsal-flaky", messages: ask("Capital of Oman?") }),
        });
        counts[response.status] = (counts[response.status] ?? 0) + 1;
        if (response.status === 429) expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
        await response.arrayBuffer();
      }),
    );
  }
  // 800 calls: expected 64 and 32; five standard deviations are 38 and 28.
  expect(Math.abs(counts[429]! - 64)).toBeLessThan(38);
  expect(Math.abs(counts[500]! - 32)).toBeLessThan(28);
});

test("embeddings are deterministic, of length 1, and nearer for texts that share words", async () => {
  const { data } = await client.embeddings.create({
    model: "rehearsal-embedding",
    input: ["red apple", "green apple", "fast train"],
  });
  const [a, b, c] = data.map((each) => each.embedding) as [number[], number[], number[]];
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  expect(dot(a, a)).toBeCloseTo(1, 4);
  expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.2);
});

test("the responses API answers, whole and streamed", async () => {
  const request = {
    model,
    instructions: "Answer with only the name.",
    input: "What is the capital of Norway?",
    temperature: 0,
  };
  const whole = await client.responses.create(request);
  expect(whole.output_text).toBe("Oslo");
  expect(whole.usage!.total_tokens).toBe(whole.usage!.input_tokens + whole.usage!.output_tokens);
  const events = await collect(await client.responses.create({ ...request, stream: true }));
  expect(events.map((event) => event.type)).toContain("response.completed");
  expect(
    events.flatMap((event) => (event.type === "response.output_text.delta" ? [event.delta] : [])).join(""),
  ).toBe("Oslo");
});

test("the models are listed", async () => {
  const models = await collect(client.models.list());
  expect(models.map((each) => each.id)).toEqual([
    "rehearsal-large",
    "rehearsal-small",
    "rehearsal-flaky",
    "rehearsal-embedding",
  ]);
});

test("at speed 1 an answer takes as long as a real one", async () => {
  const time = async (name: string) => {
    const started = performance.now();
    await client.chat.completions.create(
      { model: name, messages: ask("Capital of Oman?", "Answer with only the name.") },
      { headers: { "x-rehearsal-speed": "1" } },
    );
    return performance.now() - started;
  };
  expect(await time("rehearsal-small")).toBeGreaterThan(40);
});
