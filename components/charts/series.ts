export type Series = {
  id: string;
  label: string;
  /** One per time; null leaves a gap. */
  values: readonly (number | null)[];
  /** An interval around each value, drawn as a band under the line. */
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
  variantIndex?: number;
};

/** A value as it stands in a table; a dash where there is none. */
export function cellText(value: number | null | undefined, format: (value: number) => string): string {
  return value == null ? "–" : format(value);
}
