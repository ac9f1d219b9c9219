import { expect, test } from "vitest";
import { toCsv } from "./csv.ts";

test("quotes, commas and line breaks survive a round trip by RFC 4180", () => {
  expect(
    toCsv(
      ["a", "b"],
      [
        ['say "hi"', "x,y"],
        ["two\nlines", ""],
      ],
    ),
  ).toBe('a,b\r\n"say ""hi""","x,y"\r\n"two\nlines",\r\n');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])(
  "a text like %j cannot run as a formula",
  (text) => {
    expect(toCsv([], [[text]]).replaceAll('"', "")).toContain(`'${text}`);
  },
);

test("negative numbers stay numbers and absent values stay empty", () => {
  expect(toCsv(["n", "x", "ok"], [[-3.5, null, true]])).toBe("n,x,ok\r\n-3.5,,true\r\n");
});
