import Link from "next/link";
import type { ReactNode } from "react";

export type Crumb = { label: string; href: string };

type PageHeaderProps = {
  title: ReactNode;
  /** The pages above this one. */
  crumbs?: readonly Crumb[];
  /** Badges after the title. */
  badges?: ReactNode;
  description?: ReactNode;
  /** Buttons; the primary one last. */
  actions?: ReactNode;
};

/** The top of a page: where one is, what it is, what one can do. Holds the page's only h1. */
export function PageHeader({ title, crumbs, badges, description, actions }: PageHeaderProps) {
  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {crumbs && crumbs.length > 0 && (
          <nav aria-label="Breadcrumb" className="mb-0.5 text-xs text-muted">
            <ol className="flex flex-wrap gap-x-1.5">
              {crumbs.map((crumb) => (
                <li key={crumb.href} className="flex gap-x-1.5">
                  <Link href={crumb.href} className="hover:text-text hover:underline">
                    {crumb.label}
                  </Link>
                  <span aria-hidden="true">/</span>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1 className="min-w-0 text-lg font-semibold tracking-tight break-words">{title}</h1>
          {badges}
        </div>
        {description && <div className="mt-1 max-w-prose text-sm text-muted">{description}</div>}
      </div>
      {actions && (
        <div className="flex flex-wrap items-center gap-2" data-print="hide">
          {actions}
        </div>
      )}
    </header>
  );
}
