import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from "d3-shape";

export type VariantShape = {
  letter: string;
  /** A CSS color: the Okabe–Ito color of the variant. */
  color: string;
  /** The same color pulled towards the ink, so that edges and lines keep 3:1 against the ground. */
  lineColor: string;
  symbol: SymbolType;
  /** Degrees; the downward triangle is the upward one turned. */
  rotation: number;
};

/**
 * How variant number `index` (0 is A) looks everywhere: a letter, a shape and a color of the palette of Okabe and
 * Ito (2008), whose colors stay apart in the common kinds of color blindness. After F the six looks repeat with the
 * next letters.
 */
export function variantShape(index: number): VariantShape {
  const look = looks[index % looks.length];
  if (!look) throw new RangeError(`Variant index ${index} is not a whole number from 0.`);
  const color = `var(--variant-${look.name})`;
  return {
    letter: letterOf(index),
    color,
    lineColor: `color-mix(in srgb, ${color} 72%, var(--ink))`,
    symbol: look.symbol,
    rotation: look.rotation,
  };
}

/** The path of the shape around (0, 0) with about the given radius in pixels. */
export function variantPath(shape: VariantShape, radius: number): string {
  return symbol(shape.symbol, Math.PI * radius * radius)() ?? "";
}

function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}

const looks = [
  { name: "a", symbol: symbolCircle, rotation: 0 },
  { name: "b", symbol: symbolSquare, rotation: 0 },
  { name: "c", symbol: symbolTriangle, rotation: 0 },
  { name: "d", symbol: symbolDiamond, rotation: 0 },
  { name: "e", symbol: symbolTriangle, rotation: 180 },
  { name: "f", symbol: symbolCross, rotation: 0 },
] as const;
