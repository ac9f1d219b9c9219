"use client";

import { Ellipsis, Square, ThumbsDown, ThumbsUp } from "lucide-react";
import Link from "next/link";
import { memo, useEffect, useRef, useState } from "react";
import type { CellAnswer } from "#lib/playground/answer.ts";
import type { ExplainedError } from "#lib/playground/explain-error.ts";
import type { ChatMessage } from "#lib/prompts/schema.ts";
import { traceHref } from "../traces/span-links.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatCount, formatDuration, formatUsd } from "../ui/format.ts";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "../ui/menu.tsx";
import { AnswerView, type AnswerViewName } from "./answer-view.tsx";
import { ErrorNote } from "./error-note.tsx";
import type { CellState, RunStore } from "./run-store.ts";
import { AwaitedCalls, CallText, SinceList } from "./tool-calls.tsx";
import { useCell } from "./use-run.ts";

/** Where a cell is, in the grid. */
export type CellPlace = { columnId: string; rowId: string; sample: number; key: string };

export type CellEvents = {
  onRunAgain: (place: CellPlace) => void;
  onContinue: (place: CellPlace, since: ChatMessage[], traceId: string | null) => void;
  onStop: (key: string) => void;
  onThumb: (place: CellPlace, isGood: boolean) => void;
  onScore: (place: CellPlace) => void;
  onKeep: (place: CellPlace) => void;
  onRemoveParameter: (columnId: string, parameter: NonNullable<ExplainedError["parameter"]>) => void;
  onSaveFixture: (tool: string, answer: string) => void;
};

type CellProps = CellEvents & {
  slug: string;
  store: RunStore;
  place: CellPlace;
  letter: string;
  /** The sample's number, where there are several. */
  sampleLabel: string | null;
  view: AnswerViewName;
  baseline: { letter: string; key: string } | null;
  /** Of the column as it is now. */
  mark: string;
  isCapped: boolean;
  canRun: boolean;
};

/** One answer: what was said, what it took, and what can be done with it. */
export const Cell = memo(function Cell(props: CellProps) {
  const { slug, store, place, letter, sampleLabel, view, baseline, mark, isCapped, canRun } = props;
  const cell = useCell(store, place.key);
  const other = useCell(store, baseline?.key ?? "");
  const answer = cell?.answer ?? null;
  const isOpen = cell !== undefined && cell.phase !== "over";
  const compared =
    baseline && baseline.key !== place.key && other?.answer && answer
      ? { letter: baseline.letter, text: other.answer.text }
      : null;
  const label = `Answer of column ${letter}${sampleLabel ? `, ${sampleLabel}` : ""}`;

  return (
    <article
      aria-label={label}
      aria-busy={isOpen}
      tabIndex={-1}
      data-cell={place.key}
      className="flex min-w-0 flex-col rounded-lg border border-border bg-surface"
    >
      <header className="flex min-h-9 items-center gap-0.5 border-b border-border pr-1 pl-3">
        <p className="min-w-0 flex-1 py-1 text-xs text-muted tabular-nums">
          {sampleLabel && <span className="font-medium text-text">{sampleLabel} · </span>}
          {!cell ? "Not run yet" : isOpen ? <Waiting cell={cell} /> : answer && <Outcome answer={answer} />}
        </p>
        {isOpen && (
          <Button
            variant="quiet"
            size="sm"
            onClick={(event) => {
              // The button goes with the call; the focus stays at the answer.
              event.currentTarget.closest("article")?.focus({ preventScroll: true });
              props.onStop(place.key);
            }}
          >
            <Square aria-hidden="true" />
            Stop
          </Button>
        )}
        {answer && (
          <>
            {answer.traceId && (
              <>
                <Thumb isGood isPressed={cell?.thumb === true} onPress={() => props.onThumb(place, true)} />
                <Thumb
                  isGood={false}
                  isPressed={cell?.thumb === false}
                  onPress={() => props.onThumb(place, false)}
                />
              </>
            )}
            <CopyButton text={answer.text} label="Copy the answer" />
            <Menu
              align="end"
              trigger={
                <Button variant="quiet" size="icon" aria-label={`More for the answer of ${letter}`}>
                  <Ellipsis aria-hidden="true" />
                </Button>
              }
            >
              <MenuItem onSelect={() => props.onRunAgain(place)} isDisabled={!canRun}>
                Run again
              </MenuItem>
              {answer.traceId && <MenuItem onSelect={() => props.onScore(place)}>Score…</MenuItem>}
              <MenuItem onSelect={() => props.onKeep(place)} isDisabled={answer.status !== "done"}>
                Keep as a dataset item…
              </MenuItem>
              {answer.traceId && (
                <>
                  <MenuSeparator />
                  <MenuLink href={traceHref(slug, answer.traceId, answer.spanId ?? undefined)}>
                    Open the trace
                  </MenuLink>
                </>
              )}
            </Menu>
          </>
        )}
      </header>
      <Body isCapped={isCapped} isStreaming={isOpen} text={cell?.text ?? ""}>
        {cell && <SinceList since={cell.since} />}
        {cell?.reasoning && (
          <details open={isOpen && cell.text === ""} className="border-l-2 border-border pl-2.5">
            <summary className="cursor-default text-xs leading-5 text-muted select-none">Reasoning</summary>
            <p className="break-words whitespace-pre-wrap text-muted italic">{cell.reasoning}</p>
          </details>
        )}
        {cell && <AnswerView text={cell.text} view={view} isStreaming={isOpen} baseline={compared} />}
        {answer?.status === "done" && answer.text === "" && answer.toolCalls.length === 0 && (
          <p className="text-muted">The model answered with nothing.</p>
        )}
        {answer?.status === "awaiting" && (
          <AwaitedCalls
            key={answer.spanId}
            answer={answer}
            canRun={canRun}
            onContinue={(since) => props.onContinue(place, since, answer.traceId)}
            onSaveFixture={props.onSaveFixture}
          />
        )}
        {answer?.status === "error" &&
          answer.toolCalls.map((call) => (
            <CallText key={call.id} name={call.function.name} argumentsText={call.function.arguments} />
          ))}
        {answer?.error && (
          <ErrorNote
            slug={slug}
            error={answer.error}
            canRun={canRun}
            onRunAgain={() => props.onRunAgain(place)}
            onRemove={(parameter) => props.onRemoveParameter(place.columnId, parameter)}
          />
        )}
      </Body>
      <footer className="flex min-h-7 flex-wrap gap-x-3 gap-y-1 px-3 pb-2 text-xs text-muted tabular-nums">
        {answer && <Facts answer={answer} />}
        {answer?.traceId && (
          <Link
            href={traceHref(slug, answer.traceId, answer.spanId ?? undefined)}
            prefetch={false}
            className="link"
          >
            trace
          </Link>
        )}
        {answer && answer.mark !== "" && answer.mark !== mark && (
          <span className="text-unresolved">From before the last edit</span>
        )}
        {cell?.scores.map((score, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: scores are only ever added
          <span key={index}>
            {score.name}: <span className="text-text">{String(score.value)}</span>
          </span>
        ))}
      </footer>
    </article>
  );
});

type BodyProps = { isCapped: boolean; isStreaming: boolean; text: string; children: React.ReactNode };

/**
 * What is being read stays where it is while text arrives: the box keeps its height where others stand below it, and
 * follows the text only for who has scrolled to its end.
 */
function Body({ isCapped, isStreaming, text, children }: BodyProps) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer text is what there is to follow
  useEffect(() => {
    const element = box.current;
    if (element && isStreaming && follows.current) element.scrollTop = element.scrollHeight;
  }, [text, isStreaming]);

  return (
    <div
      ref={box}
      tabIndex={isCapped ? 0 : undefined}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        follows.current = scrollTop > 0 && scrollHeight - scrollTop - clientHeight < 24;
      }}
      className={classNames(
        "flex flex-col gap-2 px-3 pt-2.5 pb-1.5 text-sm -outline-offset-2",
        isCapped ? "h-44 overflow-y-auto" : "min-h-28",
      )}
    >
      {children}
    </div>
  );
}

function Waiting({ cell }: { cell: CellState }) {
  if (cell.retry) return <RetryText retry={cell.retry} />;
  if (cell.phase === "queued") return <>Waiting for its turn</>;
  return <>{cell.text === "" ? "Waiting for the first token" : "Answering"}</>;
}

function RetryText({ retry }: { retry: NonNullable<CellState["retry"]> }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const leftS = Math.max(0, Math.ceil((retry.untilMs - nowMs) / 1000));
  return (
    <span className="text-unresolved" title={retry.message}>
      Trying again{leftS > 0 ? ` in ${leftS} s` : ""}: {retry.message.slice(0, 80)}
    </span>
  );
}

/** How it ended, and how long it took. */
function Outcome({ answer }: { answer: CellAnswer }) {
  const { latencyMs } = answer.metrics;
  const word = words[answer.status];
  return (
    <>
      {word && <span className={classNames("font-medium", word.tone)}>{word.text}</span>}
      {word && latencyMs !== null && " · "}
      {latencyMs !== null && formatDuration(latencyMs)}
    </>
  );
}

/** What it took besides. */
function Facts({ answer }: { answer: CellAnswer }) {
  const { timeToFirstTokenMs, inputTokens, outputTokens, costUsd, calls } = answer.metrics;
  const parts = [
    timeToFirstTokenMs === null ? null : `first token ${formatDuration(timeToFirstTokenMs)}`,
    inputTokens === null && outputTokens === null
      ? null
      : `${countOrUnknown(inputTokens)} → ${countOrUnknown(outputTokens)} tokens`,
    costUsd === null ? null : formatUsd(costUsd),
    calls > 1 ? `${calls} calls` : null,
    answer.seed === null ? null : `seed ${answer.seed}`,
    answer.finishReason === "length" ? "cut off at max tokens" : null,
    answer.traceId === null && calls > 0 ? "no trace was stored" : null,
  ].filter((part) => part !== null);
  return (
    <span>
      {parts.join(" · ")}
      {answer.promptVersion && answer.traceId && (
        <span className="sr-only">
          , {answer.promptVersion.name} version {answer.promptVersion.number}
        </span>
      )}
    </span>
  );
}

const words: Record<CellAnswer["status"], { text: string; tone: string } | null> = {
  done: null,
  awaiting: { text: "Waits for a tool's answer", tone: "text-accent" },
  stopped: { text: "Stopped", tone: "text-unresolved" },
  error: { text: "Failed", tone: "text-harm" },
};

function countOrUnknown(count: number | null): string {
  return count === null ? "?" : formatCount(count);
}

function Thumb({ isGood, isPressed, onPress }: { isGood: boolean; isPressed: boolean; onPress: () => void }) {
  const Icon = isGood ? ThumbsUp : ThumbsDown;
  return (
    <Button
      variant="quiet"
      size="icon"
      aria-label={isGood ? "Good answer" : "Bad answer"}
      title={isGood ? "Good answer" : "Bad answer"}
      aria-pressed={isPressed}
      onClick={onPress}
      className={classNames(isPressed && (isGood ? "text-better" : "text-worse"))}
    >
      <Icon aria-hidden="true" fill={isPressed ? "currentColor" : "none"} />
    </Button>
  );
}
