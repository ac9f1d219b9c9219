import { ArrowRight } from "lucide-react";
import Link from "next/link";
import type { Promotion } from "#lib/registry/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

type PromotionListProps = {
  promotions: readonly Promotion[];
  /** Where a promotion's subject is shown. */
  hrefOf: (promotion: Promotion) => string;
};

/** Who moved what to where, and why. */
export function PromotionList({ promotions, hrefOf }: PromotionListProps) {
  return (
    <ol>
      {promotions.map((promotion) => (
        <li
          key={promotion.id}
          className="grid gap-x-4 gap-y-0.5 border-t border-border py-2.5 sm:grid-cols-[1fr_max-content]"
        >
          <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
            <Link href={hrefOf(promotion)} className="font-medium hover:underline hover:underline-offset-3">
              {promotion.subjectName}
            </Link>
            <Badge tone="accent">{promotion.target}</Badge>
            <span className="inline-flex items-center gap-1 text-muted tabular-nums">
              {promotion.fromNumber === null ? "nothing" : `v${promotion.fromNumber}`}
              <ArrowRight className="size-3" aria-label="to" />
              <span className="text-text">
                {promotion.toNumber === null ? "nothing" : `v${promotion.toNumber}`}
              </span>
            </span>
          </div>
          <div className="text-muted">
            {promotion.actorName}, <RelativeTime value={promotion.at} />
          </div>
          <q className="min-w-0 text-muted">{promotion.reason}</q>
        </li>
      ))}
    </ol>
  );
}
