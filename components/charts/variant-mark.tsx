import { variantPath, variantShape } from "./variant-shape.ts";

type VariantMarkProps = {
  /** 0 is A (the control, by convention), 1 is B, … */
  index: number;
  /** The variant's name, after the letter. */
  name?: string;
  className?: string;
};

/** A variant's sign: shape, color and letter, the same on every page. */
export function VariantMark({ index, name, className }: VariantMarkProps) {
  const shape = variantShape(index);
  return (
    <span className={`inline-flex min-w-0 items-center gap-1.5 ${className ?? ""}`}>
      <svg viewBox="-8 -8 16 16" className="size-3.5 shrink-0" aria-hidden="true">
        <VariantGlyph index={index} radius={5} />
      </svg>
      <span className="font-semibold">{shape.letter}</span>
      {name && <span className="truncate">{name}</span>}
    </span>
  );
}

/** The shape alone, for use inside an SVG; centered on (0, 0). */
export function VariantGlyph({ index, radius }: { index: number; radius: number }) {
  const shape = variantShape(index);
  return (
    <path
      d={variantPath(shape, radius)}
      transform={shape.rotation ? `rotate(${shape.rotation})` : undefined}
      fill={shape.color}
      stroke={shape.lineColor}
      strokeWidth={1}
    />
  );
}
