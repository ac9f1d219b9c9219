import Link from "next/link";
import { VariantMark } from "../charts/variant-mark.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

export type RunningTest = {
  key: string;
  name: string;
  href: string;
  startedAt: string | null;
  variantNames: readonly string[];
};

/** The A/B tests that are deciding right now. */
export function RunningTests({ tests }: { tests: readonly RunningTest[] }) {
  return (
    <ul>
      {tests.map((test) => (
        <li
          key={test.key}
          className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-border py-2.5"
        >
          <Link href={test.href} className="font-medium hover:underline hover:underline-offset-3">
            {test.name}
          </Link>
          <span className="flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-1">
            {test.variantNames.map((name, index) => (
              <VariantMark key={name} index={index} name={name} />
            ))}
          </span>
          {test.startedAt && (
            <span className="text-muted">
              started <RelativeTime value={test.startedAt} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
