import { expect, test } from "vitest";
import { readQuestion, readStyle } from "./question.ts";

const user = (content: string) => [{ role: "user" as const, content }];

test.each([
  ["What is the capital of France?", "France", "capital"],
  ["capital city of equatorial guinea", "Equatorial Guinea", "capital"],
  ["Which languages do people speak in Côte d'Ivoire?", "Ivory Coast", "language"],
  ["Name the currency code of Japan.", "Japan", "currency_code"],
  ["what money is used in the UK", "United Kingdom", "currency"],
  ["Q: capital of Italy? A: Rome\nQ: currency of Niger? A:", "Niger", "currency"],
  ["I answer on capitals, currencies and languages. What continent is Chad on?", "Chad", "region"],
])("%s", (text, country, attribute) => {
  const question = readQuestion(user(text));
  expect(question?.country.name.common).toBe(country);
  expect(question?.attribute.name).toBe(attribute);
});

test("where the user only names a country, the instructions say what is asked", () => {
  const question = readQuestion([{ role: "system", content: "Give the currency." }, ...user("Peru")]);
  expect(question?.attribute.name).toBe("currency");
});

test("a country is found by its capital", () => {
  expect(readQuestion(user("Which country has the capital Oslo?"))).toMatchObject({
    kind: "country",
    country: { cca3: "NOR" },
  });
});

test.each(["Tell me a joke.", "What is the capital of Atlantis?"])("no fact is asked: %s", (text) => {
  expect(readQuestion(user(text))).toBeNull();
});

test("the form that the prompt asks for is read", () => {
  const style = (text: string) => readStyle([{ role: "system", content: text }, ...user("?")]);
  expect(style("Answer with only the name.").wantsBare).toBe(true);
  expect(style("Answer the question.").wantsBare).toBe(false);
  expect(style('Reply as JSON: {"capital": "…"}')).toMatchObject({ wantsJson: true, jsonKeys: ["capital"] });
  expect(style("Think step by step.").deliberates).toBe(true);
  expect(style("UPPERCASE please").letterCase).toBe("upper");
});

test("earlier answers are examples of the form", () => {
  const turns = [
    ...user("Capital of Italy?"),
    { role: "assistant" as const, content: "Rome" },
    ...user("Capital of Spain?"),
  ];
  expect(readStyle(turns)).toMatchObject({ wantsBare: true, exampleCount: 1 });
});
