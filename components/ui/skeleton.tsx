import { classNames } from "./class-names.ts";

/** A quiet block where something will be; size it like the final thing, so that nothing jumps. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={classNames("animate-pulse rounded-md bg-hover", className)} />;
}

/** A page that is loading: header and rows in their final places. */
export function PageSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="mb-6 h-7 w-48" />
      <div className="flex flex-col gap-2">
        {Array.from({ length: rows }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the blocks are all alike and never move
          <Skeleton key={index} className="h-9" />
        ))}
      </div>
    </div>
  );
}
