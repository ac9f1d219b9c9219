import type { ReactNode } from "react";

type SectionProps = {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  id?: string;
  children: ReactNode;
};

/** A titled part of a page, set apart by a hairline and space. */
export function Section({ title, description, actions, id, children }: SectionProps) {
  return (
    <section id={id} className="scroll-mt-10 border-t border-border pt-4 pb-8 first:border-t-0 first:pt-0">
      <div className="mb-3 flex min-h-8 flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-base font-semibold">{title}</h2>
          {description && <div className="max-w-prose text-sm text-muted">{description}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
