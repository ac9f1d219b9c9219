import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

type TableProps = ComponentProps<"table"> & {
  /** Names the table for screen readers. */
  label: string;
};

/** A plain semantic table with hairlines and tabular figures; scrolls sideways in its own box when narrow. */
export function Table({ label, className, ...props }: TableProps) {
  return (
    <div className="w-full overflow-x-auto">
      <table
        {...props}
        aria-label={label}
        className={classNames("w-full border-collapse text-left text-sm tabular-nums", className)}
      />
    </div>
  );
}

type HeadProps = ComponentProps<"th"> & { isNumeric?: boolean };

export function Th({ isNumeric, className, scope = "col", ...props }: HeadProps) {
  return (
    <th
      {...props}
      scope={scope}
      className={classNames(
        "h-8 border-b border-border px-2 align-middle text-xs font-medium whitespace-nowrap text-muted first:pl-0 last:pr-0",
        isNumeric && "text-right",
        className,
      )}
    />
  );
}

type CellProps = ComponentProps<"td"> & { isNumeric?: boolean };

export function Td({ isNumeric, className, ...props }: CellProps) {
  return (
    <td
      {...props}
      className={classNames(
        "border-b border-border px-2 py-1.5 align-middle first:pl-0 last:pr-0",
        isNumeric && "text-right",
        className,
      )}
    />
  );
}
