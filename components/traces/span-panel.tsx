"use client";

import { FlaskRound, ScrollText } from "lucide-react";
import type { ReactNode } from "react";
import { SimulatedBadge } from "#components/models/simulated-badge.tsx";
import { type GivenScore, ScoreForm } from "#components/scores/score-form.tsx";
import { ScoreList } from "#components/scores/score-list.tsx";
import { type Thumb, ThumbButtons } from "#components/scores/thumb-buttons.tsx";
import { thumbId } from "#components/scores/thumb-id.ts";
import { Badge } from "#components/ui/badge.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { formatDuration, formatUsd } from "#components/ui/format.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import { useStoredState } from "#components/ui/use-stored-state.ts";
import type { Json } from "#lib/core/json.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { Score, ScoreDefinition } from "#lib/scores/schema.ts";
import type { SpanDetail } from "#lib/traces/store/span-rows.ts";
import { itemInputOf } from "#lib/traces/texts.ts";
import { AddToDataset, type DatasetItemDraft } from "./add-to-dataset.tsx";
import { AttributesPanel } from "./attributes-panel.tsx";
import { Conversation } from "./conversation.tsx";
import { JsonText } from "./json-text.tsx";
import type { TextFormat } from "./message-text.tsx";
import { SpanDetails, tokensText } from "./span-details.tsx";
import { SpanFacts } from "./span-facts.tsx";
import { promptVersionHref, type SpanLinks } from "./span-links.ts";
import { answerOf } from "./span-texts.ts";

/** One span with all that is shown of it. */
export type SpanView = { span: SpanDetail; links: SpanLinks };

/** What a score given here is about. */
export type SpanTarget = "span" | "trace" | "session";

/** What a person may do with a span; null where their role may not. */
export type SpanActions = {
  onScore: ((span: SpanDetail, score: GivenScore<SpanTarget>) => Promise<ActionResult<unknown>>) | null;
  /** Null takes the person's own thumb back. */
  onThumb: ((spanId: string, thumb: Thumb | null) => Promise<ActionResult<unknown>>) | null;
  onAddToDataset:
    | ((
        spanId: string,
        item: DatasetItemDraft,
      ) => Promise<ActionResult<{ datasetName: string; number: number; isNew: boolean }>>)
    | null;
};

type SpanPanelProps = SpanActions & {
  slug: string;
  view: SpanView;
  /** Of the whole trace. */
  scores: readonly Score[];
  scoreNames: readonly string[];
  definitions: readonly ScoreDefinition[];
  /** Who looks: their own thumb is shown pressed. */
  actorId: string;
  datasets: readonly string[];
  tab: string;
  onTabChange: (tab: string) => void;
};

/** What is known of the selected span: what was said, what was sent, what it is linked to, what it was scored. */
export function SpanPanel(props: SpanPanelProps) {
  const { slug, view, scores, scoreNames, definitions, actorId, datasets, tab, onTabChange } = props;
  const { onScore, onThumb, onAddToDataset } = props;
  const { span, links } = view;
  const ownThumbId = thumbId(actorId, { traceId: span.traceId, spanId: span.spanId });
  const own = scores.filter((score) => score.spanId === null || score.spanId === span.spanId);
  const hasMessages = span.inputMessages !== null || span.outputMessages !== null;
  const tabs = [
    ...(hasMessages ? [{ value: "messages", label: "Messages", content: <Messages span={span} /> }] : []),
    { value: "io", label: "Input and output", content: <InputOutput span={span} /> },
    {
      value: "details",
      label: "Details",
      content: <SpanDetails slug={slug} span={span} links={links} />,
    },
    { value: "attributes", label: "Attributes", content: <AttributesPanel raw={span.raw} /> },
    {
      value: "scores",
      label: "Scores",
      count: own.length,
      content: (
        <div className="flex flex-col gap-5">
          <ScoreList scores={own} spanId={span.spanId} />
          {onScore && (
            <ScoreForm
              key={span.spanId}
              targets={targetsOf(span)}
              names={scoreNames}
              definitions={definitions}
              onSave={(score) => onScore(span, score)}
            />
          )}
        </div>
      ),
    },
  ];
  const shownTab = tabs.some((each) => each.value === tab) ? tab : tabs[0]!.value;

  return (
    <section aria-label={`Span ${span.name}`} className="min-w-0">
      <header className="mb-2 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-x-2 text-base font-semibold break-words">
            {span.name}
            {span.status === "error" && <Badge tone="harm">Error</Badge>}
            {span.provider === "rehearsal" && <SimulatedBadge />}
          </h2>
          <p className="text-xs text-muted tabular-nums">{summaryOf(span).join(" · ")}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {onThumb && (
            <ThumbButtons
              key={`thumbs ${span.spanId}`}
              about="this span"
              given={scores.find((score) => score.id === ownThumbId) ?? null}
              onGive={(thumb) => onThumb(span.spanId, thumb)}
            />
          )}
          {span.isModelCall && (
            <LinkButton
              size="sm"
              href={`/${slug}/playground?span=${span.traceId}:${span.spanId}`}
              title="The template and its variables, with the same model and parameters"
            >
              <FlaskRound aria-hidden="true" /> Open in playground
            </LinkButton>
          )}
          {links.promptVersion && (
            <LinkButton
              size="sm"
              href={promptVersionHref(slug, links.promptVersion)}
              title="The template and its variables"
            >
              <ScrollText aria-hidden="true" /> Open in editor
            </LinkButton>
          )}
          {onAddToDataset && (
            <AddToDataset
              key={`dataset ${span.spanId}`}
              datasets={datasets}
              input={itemInputOf(span)}
              answer={answerOf(span)}
              onAdd={(item) => onAddToDataset(span.spanId, item)}
            />
          )}
        </div>
      </header>
      <SpanFacts slug={slug} span={span} links={links} />
      {span.status === "error" && <ErrorNote span={span} />}
      <Tabs label="About this span" items={tabs} value={shownTab} onValueChange={onTabChange} />
    </section>
  );
}

function targetsOf(span: SpanDetail): { value: SpanTarget; label: string }[] {
  return [
    { value: "span", label: "This span" },
    { value: "trace", label: "The whole trace" },
    ...(span.sessionId === null ? [] : [{ value: "session" as const, label: "Its session" }]),
  ];
}

function summaryOf(span: SpanDetail): string[] {
  const { usage, cost, timeToFirstTokenMs } = span;
  return [
    span.durationUs === null ? "not ended" : formatDuration(span.durationUs / 1000),
    timeToFirstTokenMs === null ? "" : `first token after ${formatDuration(timeToFirstTokenMs)}`,
    usage.inputTokens === null && usage.outputTokens === null ? "" : `${tokensText(span)} tokens`,
    cost.usd === null ? "" : formatUsd(cost.usd),
    span.responseModel ?? span.requestModel ?? "",
  ].filter(Boolean);
}

function ErrorNote({ span }: { span: SpanDetail }) {
  return (
    <div className="mb-3 rounded-md bg-harm-soft px-3 py-2 text-harm">
      {span.errorType && <code className="mr-2 text-xs font-semibold">{span.errorType}</code>}
      <span className="break-words whitespace-pre-wrap">
        {span.errorMessage?.slice(0, 4000) ?? "The span says it failed and nothing more."}
      </span>
    </div>
  );
}

function Messages({ span }: { span: SpanDetail }) {
  const [format, setFormat] = useStoredState<TextFormat>("message-format", "text", isTextFormat);
  const messages = [...(span.inputMessages ?? []), ...(span.outputMessages ?? [])];
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2 text-xs text-muted">
        <span>{span.outputMessages === null && "No answer was recorded."}</span>
        <span className="flex gap-1">
          {(["text", "markdown"] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={format === each}
              onClick={() => setFormat(each)}
              className="min-h-6 rounded-sm px-1.5 hover:text-text aria-pressed:bg-hover aria-pressed:text-text"
            >
              {each === "text" ? "Text" : "Markdown"}
            </button>
          ))}
        </span>
      </div>
      <Conversation label="Messages" messages={messages} format={format} />
      {span.tools && span.tools.length > 0 && (
        <details className="border-t border-border pt-3">
          <summary className="cursor-default text-xs text-muted">Tools offered: {span.tools.length}</summary>
          <div className="mt-2">
            <JsonText value={span.tools} />
          </div>
        </details>
      )}
    </div>
  );
}

function InputOutput({ span }: { span: SpanDetail }) {
  const input = span.inputValue ?? (span.inputMessages as Json | null);
  const output = span.outputValue ?? (span.outputMessages as Json | null);
  return (
    <div className="flex flex-col gap-5">
      <Half title="Input">
        {input === null ? <p className="text-muted">None was recorded.</p> : <JsonText value={input} />}
      </Half>
      <Half title="Output">
        {output === null ? <p className="text-muted">None was recorded.</p> : <JsonText value={output} />}
      </Half>
    </div>
  );
}

function Half({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      {children}
    </section>
  );
}

const isTextFormat = (value: unknown): value is TextFormat => value === "text" || value === "markdown";
