import Link from "next/link";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Badge } from "#components/ui/badge.tsx";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import { promptVersionHref, type SpanLinks, sessionHref, userHref } from "./span-links.ts";
import { TokenBar } from "./token-bar.tsx";

type SpanFactsProps = { slug: string; span: SpanDetail; links: SpanLinks };

/** What a span belongs to, each a link, and where its tokens went: what one looks for first. */
export function SpanFacts({ slug, span, links }: SpanFactsProps) {
  const facts = [
    promptOf(slug, span, links),
    links.modelVersion && {
      term: "Model",
      value: (
        <Link className="link" href={`/${slug}/models`}>
          {links.modelVersion.modelName} v{links.modelVersion.number}
        </Link>
      ),
    },
    links.abTest && {
      term: "A/B test",
      value: (
        <span className="inline-flex items-center gap-1.5">
          <Link className="link" href={`/${slug}/ab-tests/${encodeURIComponent(links.abTest.key)}`}>
            {links.abTest.name}
          </Link>
          <VariantMark index={links.abTest.variantIndex} />
        </span>
      ),
    },
    span.sessionId !== null && {
      term: "Session",
      value: (
        <Link className="link" href={sessionHref(slug, span.sessionId)}>
          {span.sessionId}
        </Link>
      ),
    },
    span.userId !== null && {
      term: "User",
      value: (
        <Link className="link" href={userHref(slug, span.userId)}>
          {span.userId}
        </Link>
      ),
    },
  ].filter((fact) => fact !== null && fact !== false);
  if (facts.length === 0 && !span.isModelCall) return null;
  return (
    <div className="mb-3 flex flex-col gap-2 text-xs">
      {facts.length > 0 && (
        <dl className="flex flex-wrap gap-x-4 gap-y-1">
          {facts.map(({ term, value }) => (
            <div key={term} className="flex max-w-full items-baseline gap-1.5">
              <dt className="text-muted">{term}</dt>
              <dd className="min-w-0 truncate">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {span.isModelCall && <TokenBar usage={span.usage} />}
    </div>
  );
}

function promptOf(slug: string, span: SpanDetail, links: SpanLinks) {
  if (links.promptVersion) {
    return {
      term: "Prompt",
      value: (
        <Link className="link" href={promptVersionHref(slug, links.promptVersion)}>
          {links.promptVersion.name} v{links.promptVersion.number}
        </Link>
      ),
    };
  }
  return (
    span.prompt && {
      term: "Prompt",
      value: (
        <span className="inline-flex items-center gap-1.5">
          {span.prompt.name} {span.prompt.version}
          <Link href={`/${slug}/traces/unresolved`}>
            <Badge tone="unresolved" title="Why, and what to do">
              Unresolved
            </Badge>
          </Link>
        </span>
      ),
    }
  );
}
