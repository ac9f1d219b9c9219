import Link from "next/link";
import { VariantMark } from "#components/charts/variant-mark.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy-id.tsx";
import { type DescriptionItem, DescriptionList } from "#components/ui/description-list.tsx";
import { exactTime, formatCount, formatDuration, formatUsd } from "#components/ui/format.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import { termText } from "./filter-language.ts";
import { valueText } from "./flatten-attributes.ts";
import { operationName } from "./operation-icon.tsx";
import { promptVersionHref, type SpanLinks, sessionHref, tracesHref, userHref } from "./span-links.ts";
import { TokenBar } from "./token-bar.tsx";

type SpanDetailsProps = { slug: string; span: SpanDetail; links: SpanLinks };

/** The facts of one span: what it was, what it cost, what it belongs to. Missing facts are left out. */
export function SpanDetails({ slug, span, links }: SpanDetailsProps) {
  const { usage, cost } = span;
  const items: (DescriptionItem | null)[] = [
    { term: "Operation", value: operationName(span.operation) },
    { term: "Started", value: exactTime(new Date(span.startTimeUs / 1000)) },
    {
      term: "Duration",
      value: span.durationUs === null ? "Not ended" : formatDuration(span.durationUs / 1000),
    },
    span.timeToFirstTokenMs === null
      ? null
      : { term: "Time to first token", value: formatDuration(span.timeToFirstTokenMs) },
    fact("Provider", span.provider),
    modelFact(slug, span, links),
    promptFact(slug, span, links),
    variantFact(slug, span, links),
    fact("Deployment", span.deployment),
    parametersFact(span.parameters),
    usage.source === "missing"
      ? span.isModelCall
        ? { term: "Tokens", value: <span className="text-muted">Not reported</span> }
        : null
      : {
          term: "Tokens",
          value: (
            <>
              {tokensText(span)}
              {usage.source !== "reported" && <Source text={sourceNames[usage.source]} />}
              <div className="pt-1">
                <TokenBar usage={usage} />
              </div>
            </>
          ),
        },
    cost.usd === null
      ? span.isModelCall
        ? { term: "Cost", value: <span className="text-muted">Unknown: no price or no token counts</span> }
        : null
      : {
          term: "Cost",
          value: (
            <>
              {formatUsd(cost.usd)}
              <Source text={cost.source === "computed" ? "computed from tokens" : "as reported"} />
            </>
          ),
        },
    fact("Finished because", span.finishReasons.join(", ") || null),
    span.userId === null
      ? null
      : {
          term: "User",
          value: (
            <Link className="link" href={userHref(slug, span.userId)}>
              {span.userId}
            </Link>
          ),
        },
    span.sessionId === null
      ? null
      : {
          term: "Session",
          value: (
            <Link className="link" href={sessionHref(slug, span.sessionId)}>
              {span.sessionId}
            </Link>
          ),
        },
    span.tags.length === 0
      ? null
      : {
          term: "Tags",
          value: (
            <span className="flex flex-wrap gap-x-2">
              {span.tags.map((tag) => (
                <FilteredLink key={tag} slug={slug} field="tag" value={tag} />
              ))}
            </span>
          ),
        },
    fact("Environment", span.environment),
    fact("Service", [span.service, span.release].filter(Boolean).join(" ") || null),
    jsonFact("Variables", span.variables),
    jsonFact("Metadata", span.metadata),
    { term: "Understood as", value: `${span.dialect}, mapping ${span.mappingVersion}` },
    {
      term: "Span id",
      value: <CopyId id={span.spanId} label="span id" />,
    },
  ];
  return <DescriptionList items={items.filter((item) => item !== null)} />;
}

/** "1,204 in, 310 out"; what was not reported says so. */
export function tokensText(span: Pick<SpanDetail, "usage">): string {
  const { inputTokens, outputTokens } = span.usage;
  const said = (count: number | null) => (count === null ? "?" : formatCount(count));
  return `${said(inputTokens)} in, ${said(outputTokens)} out`;
}

const sourceNames = {
  summed: "summed from parts",
  estimated: "estimated",
  missing: "missing",
  reported: "reported",
};

function fact(term: string, value: string | null): DescriptionItem | null {
  return value === null ? null : { term, value };
}

function modelFact(slug: string, span: SpanDetail, links: SpanLinks): DescriptionItem | null {
  const { requestModel, responseModel } = span;
  if (!requestModel && !responseModel) return null;
  const version = links.modelVersion;
  return {
    term: "Model",
    value: (
      <span className="flex flex-wrap items-center gap-x-2">
        <code className="text-xs">{requestModel ?? responseModel}</code>
        {responseModel && requestModel && responseModel !== requestModel && (
          <span className="text-muted">
            answered by <code className="text-xs">{responseModel}</code>
          </span>
        )}
        {version && (
          <Link className="link" href={`/${slug}/models`}>
            {version.modelName} v{version.number}
          </Link>
        )}
      </span>
    ),
  };
}

function promptFact(slug: string, span: SpanDetail, links: SpanLinks): DescriptionItem | null {
  if (!span.prompt) return null;
  const version = links.promptVersion;
  return {
    term: "Prompt",
    value: version ? (
      <Link className="link" href={promptVersionHref(slug, version)}>
        {version.name} v{version.number}
      </Link>
    ) : (
      <>
        {span.prompt.name} {span.prompt.version}{" "}
        <Badge tone="unresolved" title="It links by itself once this version is saved here">
          Not in this project
        </Badge>
      </>
    ),
  };
}

function variantFact(slug: string, span: SpanDetail, links: SpanLinks): DescriptionItem | null {
  if (!span.assignment) return null;
  const { abTestKey, variantKey, unitId } = span.assignment;
  return {
    term: "A/B test",
    value: (
      <span className="flex flex-wrap items-center gap-x-2">
        {links.abTest ? (
          <>
            <Link className="link" href={`/${slug}/ab-tests/${encodeURIComponent(abTestKey)}`}>
              {links.abTest.name}
            </Link>
            <VariantMark index={links.abTest.variantIndex} />
          </>
        ) : (
          <>
            {abTestKey}, variant {variantKey} <Badge tone="unresolved">Not in this project</Badge>
          </>
        )}
        {unitId && <span className="text-muted">unit {unitId}</span>}
      </span>
    ),
  };
}

function parametersFact(parameters: JsonObject): DescriptionItem | null {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return null;
  return {
    term: "Parameters",
    value: (
      <span className="flex flex-wrap gap-x-3 font-mono text-xs leading-5">
        {entries.map(([name, value]) => (
          <span key={name} className="max-w-full truncate" title={valueText(value)}>
            <span className="text-muted">{name}</span> {valueText(value).slice(0, 200)}
          </span>
        ))}
      </span>
    ),
  };
}

function jsonFact(term: string, value: JsonObject | null): DescriptionItem | null {
  if (!value || Object.keys(value).length === 0) return null;
  return {
    term,
    value: (
      <ul className="font-mono text-xs leading-5">
        {Object.entries(value).map(([name, member]) => (
          <li key={name} className="break-words">
            <span className="text-muted">{name}</span> {valueText(member).slice(0, 500)}
          </li>
        ))}
      </ul>
    ),
  };
}

function FilteredLink({ slug, field, value }: { slug: string; field: string; value: string }) {
  return (
    <Link className="link" href={tracesHref(slug, termText(field, ":", value))}>
      {value}
    </Link>
  );
}

function Source({ text }: { text: string }) {
  return <span className="ml-2 text-xs text-muted">{text}</span>;
}
