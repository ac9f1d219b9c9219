import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type SortHeaderProps = {
  direction: "asc" | "desc" | null;
  /** Left out when the column cannot be sorted. */
  onToggle?: () => void;
  isNumeric?: boolean;
  className?: string;
  children: ReactNode;
};

/** A column head that sorts; says its direction by arrow and `aria-sort`. */
export function SortHeader({ direction, onToggle, isNumeric, className, children }: SortHeaderProps) {
  return (
    <th
      scope="col"
      aria-sort={direction === "asc" ? "ascending" : direction === "desc" ? "descending" : undefined}
      className={classNames(className, isNumeric && "text-right")}
    >
      {onToggle ? (
        <button
          type="button"
          onClick={onToggle}
          className={classNames(
            "inline-flex max-w-full items-center gap-1 rounded-sm hover:text-text",
            direction && "text-text",
            isNumeric && "flex-row-reverse",
          )}
        >
          <span className="truncate">{children}</span>
          {direction === "asc" && <ArrowUp className="size-3 shrink-0" aria-hidden="true" />}
          {direction === "desc" && <ArrowDown className="size-3 shrink-0" aria-hidden="true" />}
        </button>
      ) : (
        <span className="block truncate">{children}</span>
      )}
    </th>
  );
}
