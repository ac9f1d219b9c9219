import { beforeAll, expect, test } from "vitest";
import { setRuntime } from "#lib/env.ts";
import { keyHint, openSecret, sealSecret } from "./secret-box.ts";

beforeAll(() => setRuntime({ secretHex: "ab".repeat(32) }));

test("what is sealed opens for its owner", () => {
  const box = sealSecret("sk-live-Ünïcode-1234", "connection-1");
  expect(box).not.toContain("1234");
  expect(openSecret(box, "connection-1")).toBe("sk-live-Ünïcode-1234");
});

test("the same key sealed twice looks different", () => {
  expect(sealSecret("k", "c")).not.toBe(sealSecret("k", "c"));
});

test("a box moved to another row, altered, or read under another secret does not open", () => {
  const box = sealSecret("sk-live", "connection-1");
  expect(() => openSecret(box, "connection-2")).toThrow();
  const flipped = box.slice(0, -2) + (box.endsWith("AA") ? "BB" : "AA");
  expect(() => openSecret(flipped, "connection-1")).toThrow();
  expect(() => openSecret("sk-plain", "connection-1")).toThrow();
  setRuntime({ secretHex: "cd".repeat(32) });
  expect(() => openSecret(box, "connection-1")).toThrow();
  setRuntime({ secretHex: "ab".repeat(32) });
});

test("a hint shows four characters, and nothing of a short key", () => {
  expect(keyHint("sk-proj-abcdef9876")).toBe("9876");
  expect(keyHint("short")).toBe("");
});
