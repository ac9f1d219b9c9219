import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type StatProps = {
  label: string;
  /** With its unit: "412 ms". */
  value: ReactNode;
  /** Uncertainty, n, or the change: "± 9, n = 3,120". */
  detail?: ReactNode;
  href?: string;
  tone?: "neutral" | "better" | "worse" | "harm";
};

/** One number with its unit, uncertainty and n. Set several in a `StatRow`. */
export function Stat({ label, value, detail, href, tone = "neutral" }: StatProps) {
  return (
    <div className="relative min-w-0">
      <dt className="text-xs text-muted">
        {href ? (
          <Link href={href} className="after:absolute after:inset-0 hover:text-text hover:underline">
            {label}
          </Link>
        ) : (
          label
        )}
      </dt>
      <dd className={classNames("text-lg font-semibold tracking-tight tabular-nums", tones[tone])}>
        {value}
      </dd>
      {detail && <dd className="text-xs text-muted tabular-nums">{detail}</dd>}
    </div>
  );
}

export function StatRow({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-x-8 gap-y-4 sm:grid-cols-[repeat(auto-fit,minmax(8rem,1fr))]">
      {children}
    </dl>
  );
}

const tones = { neutral: "", better: "text-better", worse: "text-worse", harm: "text-harm" };
