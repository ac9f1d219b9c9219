import countries from "world-countries";

export type FactItem = {
  key: string;
  input: { country: string; attribute: "capital" | "currency" };
  /** Every spelling that counts as right. */
  expected: string[];
  metadata: { region: string };
};

/**
 * Real facts that the npm package `world-countries` ships: the capital of every member of the United Nations, and
 * the currency of those that have just one; at least 200 items, in a fixed order.
 */
export function readFacts(): FactItem[] {
  const members = countries
    .filter((country) => country.unMember && country.capital.length > 0)
    .sort((a, b) => (a.cca3 < b.cca3 ? -1 : 1));
  const capitals = members.map(
    (country): FactItem => ({
      key: `${country.cca3}-capital`,
      input: { country: country.name.common, attribute: "capital" },
      expected: country.capital,
      metadata: { region: country.region },
    }),
  );
  const currencies = members.flatMap((country): FactItem[] => {
    const [only, ...others] = Object.entries(country.currencies);
    if (!only || others.length > 0) return [];
    return [
      {
        key: `${country.cca3}-currency`,
        input: { country: country.name.common, attribute: "currency" },
        expected: [only[1].name, only[0]],
        metadata: { region: country.region },
      },
    ];
  });
  return [...capitals, ...currencies.filter((_, index) => index % 3 === 0)];
}
