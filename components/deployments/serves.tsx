import Link from "next/link";
import type { Deployment } from "#lib/deployments/schema.ts";
import { SimulatedBadge } from "../models/simulated-badge.tsx";
import { promptHref } from "../prompts/prompt-href.ts";
import { Badge } from "../ui/badge.tsx";

type ServesProps = { slug: string; deployment: Deployment };

/** The A/B test of a deployment, with its status; a dash where it has none. */
export function ServedTest({ slug, deployment: { abTest } }: ServesProps) {
  if (!abTest) return <span className="text-muted">none</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <Link className="link" href={`/${slug}/ab-tests/${encodeURIComponent(abTest.key)}`}>
        {abTest.key}
      </Link>
      <Badge tone={abTest.status === "running" ? "accent" : "outline"}>{abTest.status}</Badge>
    </span>
  );
}

export function ServedPrompt({ slug, deployment: { prompt } }: ServesProps) {
  if (!prompt) return <span className="text-muted">the caller's messages</span>;
  const version = prompt.versionNumber === null ? "nothing" : `v${prompt.versionNumber}`;
  return (
    <>
      <Link className="link" href={promptHref(slug, prompt.name)}>
        {prompt.name}
      </Link>{" "}
      <span className="whitespace-nowrap text-muted">
        {prompt.label ? `${prompt.label} → ${version}` : version}
      </span>
    </>
  );
}

export function ServedModel({ slug, deployment: { modelVersion } }: ServesProps) {
  if (!modelVersion) return <span className="text-muted">the test's own</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Link className="link" href={`/${slug}/models`}>
        {modelVersion.modelName} v{modelVersion.number}
      </Link>
      {modelVersion.isSimulated && <SimulatedBadge />}
    </span>
  );
}
