import { expect, test } from "vitest";
import { isAppError } from "#lib/core/errors.ts";
import { readCall } from "./read-call.ts";

const headers = (values: Record<string, string> = {}) => new Headers(values);
const messages = [{ role: "user", content: "Hi" }];

test("unit, session, variables and tags come from metadata", () => {
  const call = readCall(
    {
      model: "capitals",
      messages,
      metadata: {
        user_id: "u1",
        session_id: "s1",
        variables: '{"country":"Peru"}',
        var_tone: "dry",
        tags: "a, b",
        plan: "pro",
      },
    },
    headers(),
  );
  expect(call).toMatchObject({
    model: "capitals",
    unit: "u1",
    sessionId: "s1",
    variables: { country: "Peru", tone: "dry" },
    tags: ["a", "b"],
    attributes: { plan: "pro" },
    isStreamed: false,
  });
  expect(call.body).toEqual({ messages });
});

test("headers win over metadata, `user` stands in for the unit and is passed on", () => {
  const body = { model: "m", messages, user: "u0", metadata: { user_id: "u1", variables: '{"a":1}' } };
  const call = readCall(
    body,
    headers({
      "x-stemma-unit": "u2",
      "x-stemma-session": "s2",
      "x-stemma-variables": '{"a":2}',
      "x-stemma-tags": "x",
    }),
  );
  expect(call).toMatchObject({ unit: "u2", sessionId: "s2", variables: { a: 2 }, tags: ["x"] });
  expect(call.body.user).toBe("u0");
  expect(readCall({ model: "m", messages, user: "u0" }, headers()).unit).toBe("u0");
});

test("what the caller keeps with a stored answer reaches the provider", () => {
  const call = readCall(
    { model: "m", messages, store: true, metadata: { plan: "pro", user_id: "u" } },
    headers(),
  );
  expect(call.body.metadata).toEqual({ plan: "pro" });
});

test("a caller's trace is joined; one of zeros is not", () => {
  const parent = (traceparent: string) => readCall({ model: "m", messages }, headers({ traceparent })).parent;
  expect(parent(`00-${"a".repeat(32)}-${"b".repeat(16)}-01`)).toEqual({
    traceId: "a".repeat(32),
    spanId: "b".repeat(16),
  });
  expect(parent(`00-${"0".repeat(32)}-${"b".repeat(16)}-01`)).toBeNull();
  expect(parent("nonsense")).toBeNull();
});

test.each<[string, unknown, string]>([
  ["no model", { messages }, "model"],
  ["messages that are none", { model: "m", messages: "hello" }, "messages"],
  [
    "variables that are no JSON",
    { model: "m", messages, metadata: { variables: "{" } },
    "metadata.variables",
  ],
  [
    "variables that are a list",
    { model: "m", messages, metadata: { variables: "[1]" } },
    "metadata.variables",
  ],
  ["metadata of objects", { model: "m", messages, metadata: { a: {} } }, "metadata.a"],
  ["a unit that is too long", { model: "m", messages, user: "ü".repeat(300) }, "metadata.user_id"],
])("%s: the error names the field", (_, body, path) => {
  try {
    readCall(body, headers());
    expect.unreachable();
  } catch (error) {
    expect(isAppError(error) && error.issues[0]!.path).toBe(path);
  }
});
