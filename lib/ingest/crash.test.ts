import { expect, test } from "vitest";
import { crash } from "../../e2e/bench/crash.ts";

test("no acknowledged span is lost or doubled when the server is killed 25 times under load", {
  timeout: 300_000,
}, async () => {
  const result = await crash({ kills: 25, seed: 20_261_126, onKill: () => {} });
  expect(result).toMatchObject({ kills: 25, lost: 0, doubled: 0 });
  expect(result.acknowledged).toBeGreaterThan(25 * 20);
});
