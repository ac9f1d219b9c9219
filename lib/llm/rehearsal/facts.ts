import countries, { type Country } from "world-countries";

export type { Country };

/** Something that can be asked about a country. */
export type Attribute = {
  name: string;
  /** What a text that asks for it says; matched against lower-case text without accents. */
  asked: RegExp;
  /** The true answer's parts, most important first; empty where there is none. */
  values: (country: Country) => string[];
  sentence: (countryName: string, answer: string, isSeveral: boolean) => string;
};

const be = (isSeveral: boolean) => (isSeveral ? "are" : "is");

/** Specific before general: of attributes asked at the same place, the first listed is meant. */
export const attributes: readonly Attribute[] = [
  {
    name: "capital",
    asked: /\bcapitals?(?: cit(?:y|ies))?\b/g,
    values: (country) => country.capital.filter(Boolean),
    sentence: (name, answer) => `The capital of ${name} is ${answer}.`,
  },
  {
    name: "currency_code",
    asked: /\bcurrency[ _-]?code|iso 4217/g,
    values: (country) => Object.keys(country.currencies),
    sentence: (name, answer, several) =>
      `The currency code${several ? "s" : ""} of ${name} ${be(several)} ${answer}.`,
  },
  {
    name: "currency_symbol",
    asked: /\bcurrency[ _-]?symbol/g,
    values: (country) => Object.values(country.currencies).map((currency) => currency.symbol),
    sentence: (name, answer) => `The currency symbol used in ${name} is ${answer}.`,
  },
  {
    name: "currency",
    asked: /\bcurrenc(?:y|ies)\b|\bmoney\b|\blegal tender\b/g,
    values: (country) => Object.values(country.currencies).map((currency) => currency.name),
    sentence: (name, answer, several) =>
      `The ${several ? "currencies" : "currency"} of ${name} ${be(several)} the ${answer}.`,
  },
  {
    name: "language",
    asked: /\blanguages?\b|\bspoken\b|\bspeak\b/g,
    values: (country) => Object.values(country.languages),
    sentence: (name, answer, several) =>
      `The official language${several ? "s" : ""} of ${name} ${be(several)} ${answer}.`,
  },
  {
    name: "subregion",
    asked: /\bsub-?regions?\b/g,
    values: (country) => (country.subregion ? [country.subregion] : []),
    sentence: (name, answer) => `${name} lies in ${answer}.`,
  },
  {
    name: "region",
    asked: /\bregions?\b|\bcontinents?\b/g,
    values: (country) => (country.region ? [country.region] : []),
    sentence: (name, answer) => `${name} is in ${answer}.`,
  },
  {
    name: "calling_code",
    asked: /\b(?:calling|dial(?:l?ing)?|phone|telephone)[ _-]?(?:code|prefix)/g,
    values: ({ idd }) =>
      idd.root ? [idd.suffixes.length === 1 ? idd.root + idd.suffixes[0] : idd.root] : [],
    sentence: (name, answer) => `The calling code of ${name} is ${answer}.`,
  },
  {
    name: "top_level_domain",
    asked: /\btop[ _-]level[ _-]domains?|\btlds?\b|\binternet domain\b/g,
    values: (country) => country.tld.slice(0, 1),
    sentence: (name, answer) => `The top-level domain of ${name} is ${answer}.`,
  },
  {
    name: "alpha3",
    asked: /\balpha[ _-]?3\b|\bcca3\b|\bthree[ -]letter\b/g,
    values: (country) => [country.cca3],
    sentence: (name, answer) => `The three-letter code of ${name} is ${answer}.`,
  },
  {
    name: "alpha2",
    asked: /\balpha[ _-]?2\b|\bcca2\b|\btwo[ -]letter\b|\bcountry[ _-]code\b|\biso code\b/g,
    values: (country) => [country.cca2],
    sentence: (name, answer) => `The two-letter code of ${name} is ${answer}.`,
  },
  {
    name: "borders",
    asked: /\bborders?\b|\bbordering\b|\bneighbou?rs?\b|\bneighbou?ring\b/g,
    values: (country) => country.borders.flatMap((code) => byCode.get(code)?.name.common ?? []),
    sentence: (name, answer) => `${name} borders ${answer}.`,
  },
  {
    name: "area",
    asked: /\bareas?\b|\bhow (?:big|large)\b|\bsurface\b/g,
    values: (country) => [`${Math.round(country.area).toLocaleString("en-US")} km²`],
    sentence: (name, answer) => `${name} has an area of ${answer}.`,
  },
  {
    name: "demonym",
    asked: /\bdemonyms?\b|\bpeople (?:from|of)\b|\binhabitants?\b|\bnationality\b/g,
    values: (country) => (country.demonyms.eng?.m ? [country.demonyms.eng.m] : []),
    sentence: (name, answer) => `A person from ${name} is called ${answer}.`,
  },
  {
    name: "landlocked",
    asked: /\blandlocked\b/g,
    values: (country) => [country.landlocked ? "Yes" : "No"],
    sentence: (name, answer) => `${answer}, ${name} is ${answer === "Yes" ? "" : "not "}landlocked.`,
  },
  {
    name: "un_member",
    asked: /\bunited nations\b|\bun member/g,
    values: (country) => [country.unMember ? "Yes" : "No"],
    sentence: (name, answer) =>
      `${answer}, ${name} is ${answer === "Yes" ? "" : "not "}a member of the United Nations.`,
  },
  {
    name: "official_name",
    asked: /\b(?:official|full|formal)[ _-]name\b/g,
    values: (country) => [country.name.official],
    sentence: (name, answer) => `The official name of ${name} is ${answer}.`,
  },
  {
    name: "flag",
    asked: /\bflags?\b/g,
    values: (country) => [country.flag],
    sentence: (name, answer) => `The flag of ${name} is ${answer}`,
  },
];

export function findAttribute(name: string): Attribute {
  const attribute = attributes.find((candidate) => candidate.name === name);
  if (!attribute) throw new Error(`There is no attribute "${name}".`);
  return attribute;
}

/**
 * Answers to the same question that are true of other countries, likeliest to be confused first: those it
 * borders, its subregion, its region, the rest. At most `limit`, none equal to the truth.
 */
export function nearbyWrongValues(country: Country, attribute: Attribute, limit: number): string[][] {
  const truth = joined(attribute.values(country));
  const seen = new Set([truth]);
  const wrong: string[][] = [];
  for (const other of byNearness(country)) {
    const values = attribute.values(other);
    if (values.length === 0 || seen.has(joined(values))) continue;
    seen.add(joined(values));
    wrong.push(values);
    if (wrong.length === limit) break;
  }
  return wrong;
}

/** Lower case, no accents: how names and questions are compared. */
export function plainText(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export type Mention = { country: Country; start: number; end: number };

/** Countries that a text names, in order; positions are in `plainText(text)`. */
export function findMentions(text: string): Mention[] {
  return [...plainText(text).matchAll(namePattern)].flatMap((match) => {
    const country = byName.get(match[0]);
    return country ? [{ country, start: match.index, end: match.index + match[0].length }] : [];
  });
}

/** The country whose capital the text names, if it names one. */
export function findByCapital(text: string): Country | null {
  const match = plainText(text).match(capitalPattern);
  return (match && byCapital.get(match[0])) ?? null;
}

/** The first capital that the text names, as it is spelled. */
export function findCapitalName(text: string): string | undefined {
  const country = findByCapital(text);
  return country?.capital.find((city) => plainText(text).includes(plainText(city)));
}

const byCode = new Map(countries.map((country) => [country.cca3, country]));

// Codes of two or three letters are words in other languages and are left out, but for three that people do use.
const byName = new Map<string, Country>();
for (const country of countries) {
  const names = [country.name.common, country.name.official, ...country.altSpellings];
  for (const name of names.map(plainText))
    if (name.length >= 4 && !byName.has(name)) byName.set(name, country);
}
for (const country of countries) byName.set(plainText(country.name.common), country);
for (const [name, code] of [
  ["usa", "USA"],
  ["uk", "GBR"],
  ["uae", "ARE"],
  ["america", "USA"],
  ["great britain", "GBR"],
] as const) {
  byName.set(name, byCode.get(code)!);
}

const byCapital = new Map(
  countries.flatMap((country) =>
    country.capital.filter(Boolean).map((city) => [plainText(city), country] as const),
  ),
);

const namePattern = wholeWords([...byName.keys()], "gu");
const capitalPattern = wholeWords([...byCapital.keys()], "u");

/** Longest first, so that "Equatorial Guinea" is not read as "Guinea". */
function wholeWords(words: string[], flags: string): RegExp {
  const alternatives = words
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`, flags);
}

function byNearness(country: Country): Country[] {
  const distance = (other: Country) => {
    if (country.borders.includes(other.cca3)) return 0;
    if (other.subregion === country.subregion) return 1;
    return other.region === country.region ? 2 : 3;
  };
  return countries
    .filter((other) => other.cca3 !== country.cca3)
    .map((other) => ({ other, rank: distance(other) * 10 - Math.log10(other.area + 1) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ other }) => other);
}

function joined(values: readonly string[]): string {
  return values.join("\u0000");
}
