import { expect, test } from "vitest";
import { compile } from "#lib/client/compile.ts";
import { spanAttributes } from "#lib/client/span-attributes.ts";
import { promptContent } from "#lib/prompts/schema.ts";
import { bundleClient } from "./bundle-client.ts";

test("the one module does what the files it is made of do, and imports nothing", async () => {
  const code = await bundleClient();
  expect(code).not.toMatch(/^\s*import\b|\bimport\(|\brequire\(/m);
  const bundle = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  expect(Object.keys(bundle).sort()).toEqual(["Stemma", "StemmaError", "compile", "spanAttributes"]);

  const served = {
    id: "1",
    name: "greet",
    number: 3,
    digest: "0".repeat(64),
    labels: [],
    content: promptContent.parse({
      type: "text",
      text: "Hello {{name}}{{#formal}}, how do you do{{/formal}}!",
      variables: [{ name: "name" }, { name: "formal", type: "boolean", isRequired: false }],
    }),
  };
  const asked: string[] = [];
  const stemma = new bundle.Stemma({
    baseUrl: "https://stemma.example.com",
    key: "k",
    fetch: async (url: string) => {
      asked.push(String(url));
      return Response.json(served, { headers: { etag: '"1"' } });
    },
  });
  const prompt = await stemma.prompts.get("greet");
  expect(asked).toEqual([expect.stringContaining("https://stemma.example.com/api/v1/prompts/greet")]);
  const values = { name: "Ada", formal: true };
  expect(bundle.compile(prompt, values)).toEqual(compile(prompt, values));
  expect(bundle.spanAttributes(prompt, values)).toEqual(spanAttributes(prompt, values));
  expect(() => bundle.compile(prompt, {})).toThrow(bundle.StemmaError);
});
