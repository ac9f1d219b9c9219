import type { ReactNode } from "react";

type EmptyStateProps = {
  title: string;
  /** One or two sentences: what belongs here and how it gets here. */
  children: ReactNode;
  /** A `CodeBlock` whose snippet works when pasted. */
  snippet?: ReactNode;
  actions?: ReactNode;
};

/** What a list shows when it is empty: it teaches how to fill it. */
export function EmptyState({ title, children, snippet, actions }: EmptyStateProps) {
  return (
    <section className="mx-auto flex w-full max-w-2xl flex-col gap-4 py-10">
      <div>
        <h2 className="text-base font-semibold">{title}</h2>
        <div className="mt-1 max-w-prose text-sm text-muted">{children}</div>
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      {snippet}
    </section>
  );
}
