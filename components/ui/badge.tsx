import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type BadgeTone =
  | "neutral"
  | "accent"
  | "better"
  | "worse"
  | "unresolved"
  | "harm"
  | "simulated"
  | "outline";

type BadgeProps = {
  tone?: BadgeTone;
  icon?: ReactNode;
  title?: string;
  className?: string;
  children: ReactNode;
};

/** A word of state. Color never speaks alone: the word says it too. */
export function Badge({ tone = "neutral", icon, title, className, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={classNames(
        "inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3",
        tones[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}

const tones: Record<BadgeTone, string> = {
  neutral: "bg-hover text-text",
  accent: "bg-accent-soft text-accent",
  better: "bg-better-soft text-better",
  worse: "bg-worse-soft text-worse",
  unresolved: "bg-unresolved-soft text-unresolved",
  harm: "bg-harm-soft text-harm",
  simulated: "bg-simulated-soft text-simulated",
  outline: "border border-border text-muted",
};
