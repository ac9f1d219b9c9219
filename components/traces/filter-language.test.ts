import { describe, expect, test } from "vitest";
import { parseFilter, termText, withoutTerm, withTerm } from "./filter-language.ts";

const conditionsOf = (text: string) =>
  parseFilter(text).terms.map(({ source, from, to, ...condition }) => {
    expect(text.slice(from, to)).toBe(source);
    return condition;
  });

describe("a filter is read", () => {
  test.each([
    ["", []],
    ["status:error", [{ type: "is", field: "status", value: "error" }]],
    ["STATUS:Error", [{ type: "is", field: "status", value: "error" }]],
    ["model=gpt-4o", [{ type: "is", field: "model", value: "gpt-4o" }]],
    ["user_id:u-17", [{ type: "is", field: "user", value: "u-17" }]],
    ['prompt:"support / first reply"', [{ type: "is", field: "prompt", value: "support / first reply" }]],
    ["latency>2s", [{ type: "compare", field: "latency", operator: ">", value: 2000 }]],
    ["latency:>=250ms", [{ type: "compare", field: "latency", operator: ">=", value: 250 }]],
    ["duration<1.5m", [{ type: "compare", field: "latency", operator: "<", value: 90_000 }]],
    ["cost>$0.01", [{ type: "compare", field: "cost", operator: ">", value: 0.01 }]],
    ["tokens>4k", [{ type: "compare", field: "tokens", operator: ">", value: 4000 }]],
    [
      "tokens:100..4k",
      [
        { type: "compare", field: "tokens", operator: ">=", value: 100 },
        { type: "compare", field: "tokens", operator: "<=", value: 4000 },
      ],
    ],
    ["score.helpful>=0.5", [{ type: "score", name: "helpful", operator: ">=", value: 0.5 }]],
    ["score.sentiment<-1", [{ type: "score", name: "sentiment", operator: "<", value: -1 }]],
    ["score.tone:warm", [{ type: "score", name: "tone", operator: ":", value: "warm" }]],
    ['"free text"', [{ type: "text", text: "free text" }]],
    ['"a \\"quoted\\" word"', [{ type: "text", text: 'a "quoted" word' }]],
    [
      "refund late",
      [
        { type: "text", text: "refund" },
        { type: "text", text: "late" },
      ],
    ],
    ["https://example.org/x", [{ type: "text", text: "https://example.org/x" }]],
  ])("%s", (text, expected) => {
    expect(parseFilter(text).problems).toEqual([]);
    expect(conditionsOf(text)).toEqual(expected);
  });
});

describe("what can't be read names the fault and what was probably meant", () => {
  test.each([
    ["modle:gpt-4o", "There is no “modle” to filter by.", "model:gpt-4o"],
    ["sesion:s-1", "There is no “sesion” to filter by.", "session:s-1"],
    ["lat>2s", "There is no “lat” to filter by.", "latency>2s"],
    ["xyzzy:1", "There is no “xyzzy” to filter by.", null],
    ["status:eror", "status is one of ok, error.", "status:error"],
    ["latency>fast", "latency takes a duration: 250ms, 2s, 1.5m.", "latency>2s"],
    ["latency>2days", "latency takes a duration: 250ms, 2s, 1.5m.", "latency>2"],
    ["latency:2s", "latency is measured: compare it with > or <, or give a range.", "latency>2s"],
    ["tokens>-5", "tokens takes a count: 800 or 4k.", "tokens>5"],
    ["model:", "model: needs a value.", "model:gpt-4.1-mini"],
    ["model>3", "model can't be compared with >.", "model:3"],
    ["score:helpful", "Name the score: score.<name>.", "score.helpful>=0"],
    ["score.helpful>good", "score.helpful > needs a number.", "score.helpful:good"],
    ['"open', "A quote is not closed.", '"open"'],
  ])("%s", (text, message, suggestion) => {
    expect(parseFilter(text).problems).toMatchObject([{ message, suggestion, from: 0, to: text.length }]);
  });

  test("and the other terms are read all the same", () => {
    const { terms, problems } = parseFilter("status:error modle:x tag:beta");
    expect(terms.map((term) => term.source)).toEqual(["status:error", "tag:beta"]);
    expect(problems).toHaveLength(1);
  });
});

test("a name that holds one thing can't be said twice; tags can", () => {
  expect(parseFilter("model:a model:b").problems[0]!.message).toBe(
    "model can be one thing only; it is said twice.",
  );
  expect(parseFilter("tag:a tag:b has:user has:session").problems).toEqual([]);
});

test("a term that was written is read back as it was meant", () => {
  for (const value of ["plain", "two words", 'a "quote"', "back\\slash and space"]) {
    expect(conditionsOf(termText("user", ":", value))).toEqual([{ type: "is", field: "user", value }]);
  }
});

test("a term is added in place of its like, and taken away without touching the others", () => {
  expect(withTerm("status:error tag:beta", "status", ":", "ok")).toBe("tag:beta status:ok");
  expect(withTerm("latency>1s latency<9s", "latency", ">=", "3s")).toBe("latency<9s latency>=3s");
  expect(withTerm("latency:1s..5s tag:beta", "latency", ">", "3s")).toBe("tag:beta latency>3s");
  const text = 'status:error "two words"  tag:beta';
  expect(withoutTerm(text, parseFilter(text).terms[1]!)).toBe("status:error tag:beta");
});
