import Link from "next/link";
import { AuditTable } from "#components/settings/audit-table.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { listAuditEvents } from "#lib/projects/list-audit-events.ts";

type AuditPageProps = {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ subject?: string; cursor?: string }>;
};

export default async function AuditPage({ params, searchParams }: AuditPageProps) {
  const { ctx, project } = await requirePage((await params).project);
  if (!hasScope(ctx, "admin")) {
    return (
      <EmptyState title="Only admins and owners see the audit log">
        The members page says who they are.
      </EmptyState>
    );
  }
  const { subject, cursor } = await searchParams;
  const { events, nextCursor } = await listAuditEvents(ctx, { subjectType: subject, cursor, limit: 100 });
  const base = `/${project.slug}/settings/audit`;
  const older = new URLSearchParams({
    ...(subject && { subject }),
    ...(nextCursor && { cursor: nextCursor }),
  });

  return (
    <div className="flex flex-col gap-4">
      <nav aria-label="Show changes of" className="flex flex-wrap gap-x-4 gap-y-1">
        {subjects.map(({ type, label }) => (
          <Link
            key={label}
            href={type ? `${base}?subject=${type}` : base}
            aria-current={type === subject ? "true" : undefined}
            className="text-muted hover:text-text aria-[current]:font-medium aria-[current]:text-text aria-[current]:underline aria-[current]:underline-offset-4"
          >
            {label}
          </Link>
        ))}
      </nav>
      {events.length === 0 ? (
        <EmptyState title="No changes here">
          Every change of a prompt, label, model, test, deployment, key or member is listed here with who made
          it and why.
        </EmptyState>
      ) : (
        <AuditTable entries={events.map((event) => ({ ...event, at: event.at.toISOString() }))} />
      )}
      <div className="flex gap-2">
        {cursor && <LinkButton href={subject ? `${base}?subject=${subject}` : base}>Newest</LinkButton>}
        {nextCursor && <LinkButton href={`${base}?${older}`}>Older</LinkButton>}
      </div>
    </div>
  );
}

const subjects: readonly { type?: string; label: string }[] = [
  { label: "Everything" },
  { type: "prompt", label: "Prompts" },
  { type: "label", label: "Labels" },
  { type: "model", label: "Models" },
  { type: "model_version", label: "Model versions" },
  { type: "connection", label: "Connections" },
  { type: "ab_test", label: "A/B tests" },
  { type: "deployment", label: "Deployments" },
  { type: "webhook", label: "Webhooks" },
  { type: "member", label: "Members" },
  { type: "api_key", label: "API keys" },
  { type: "project", label: "Project" },
];
