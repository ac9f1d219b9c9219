import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { deploymentSnippets } from "./snippets.ts";

const input = {
  origin: "http://localhost:3000",
  deployment: "capitals",
  variables: { country: "Côte d'Ivoire", note: 'a "quoted" $HOME' },
  needsMessages: false,
};

test("the shell hands curl the body as it was meant, quotes and dollars included", () => {
  const [curl] = deploymentSnippets(input);
  const script = `curl() { for last; do :; done; printf %s "$last"; }\n${curl!.code}`;
  const body = JSON.parse(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
  expect(body).toMatchObject({ model: "capitals", messages: [], metadata: { user_id: "user-17" } });
  expect(JSON.parse(body.metadata.variables)).toEqual(input.variables);
});

test("without a prompt the caller's own message is shown", () => {
  for (const { code } of deploymentSnippets({ ...input, variables: {}, needsMessages: true })) {
    expect(code).toContain("What is the capital of Peru?");
    expect(code).not.toContain("variables");
  }
});
