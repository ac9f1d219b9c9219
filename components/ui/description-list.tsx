import { Fragment, type ReactNode } from "react";

export type DescriptionItem = { term: string; value: ReactNode };

/** Facts about one thing, term beside value; on a phone the term sits above. */
export function DescriptionList({ items }: { items: readonly DescriptionItem[] }) {
  return (
    <dl className="grid grid-cols-1 text-sm sm:grid-cols-[max-content_1fr] sm:gap-x-6 sm:gap-y-1.5">
      {items.map((item) => (
        <Fragment key={item.term}>
          <dt className="text-xs text-muted sm:text-sm">{item.term}</dt>
          <dd className="mb-2 min-w-0 break-words tabular-nums sm:mb-0">{item.value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
