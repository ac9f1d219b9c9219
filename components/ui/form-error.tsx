import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** The error of a whole form or page part: what happened and what to do. Renders nothing without children. */
export function FormError({ children }: { children: ReactNode }) {
  if (!children) return null;
  return (
    <div role="alert" className="flex items-start gap-2 rounded-md bg-harm-soft px-3 py-2 text-sm text-harm">
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
