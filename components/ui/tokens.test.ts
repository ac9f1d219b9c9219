import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");
const themes = { light: tokensOf(":root"), dark: { ...tokensOf(":root"), ...tokensOf(".dark") } };

const texts = ["ink", "muted", "accent", "better", "worse", "unresolved", "harm", "simulated"];
const codes = ["code-string", "code-number", "code-key"];
const grounds = ["bg", "surface", "sunken", "hover"];

const textPairs = [
  ...texts.flatMap((text) => grounds.map((ground) => [text, ground] as const)),
  ...codes.flatMap((text) => ["surface", "sunken"].map((ground) => [text, ground] as const)),
  ...texts.slice(2).map((text) => [text, `${text}-soft`] as const),
  ["ink", "accent-soft"] as const,
  ["muted", "accent-soft"] as const,
  ["on-accent", "accent"] as const,
  ["on-accent", "accent-hover"] as const,
];

test.each(Object.keys(themes) as (keyof typeof themes)[])(
  "every text of the %s theme meets WCAG AA",
  (theme) => {
    const poor = textPairs
      .map(([text, ground]) => ({ text, ground, ratio: contrast(themes[theme], text, ground) }))
      .filter(({ ratio }) => !(ratio >= 4.5));
    expect(poor).toEqual([]);
  },
);

test.each(Object.keys(themes) as (keyof typeof themes)[])(
  "every edge of a control in the %s theme is seen",
  (theme) => {
    const poor = grounds
      .map((ground) => ({ ground, ratio: contrast(themes[theme], "border-strong", ground) }))
      .filter(({ ratio }) => !(ratio >= 3));
    expect(poor).toEqual([]);
  },
);

type Tokens = Record<string, string>;

function tokensOf(selector: string): Tokens {
  const block = css.slice(css.indexOf(`\n${selector} {`)).split("}")[0] ?? "";
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
}

/** WCAG 2.2, "contrast ratio". */
function contrast(tokens: Tokens, a: string, b: string): number {
  const [light, dark] = [luminance(tokens[a]!), luminance(tokens[b]!)].toSorted((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
