"use client";

import { type ComponentProps, useCallback } from "react";
import { TraceView } from "#components/traces/trace-view.tsx";
import { addSpanToDataset, giveScore, giveThumb, readSpan } from "../actions.ts";

type TraceLeafProps = Omit<
  ComponentProps<typeof TraceView>,
  "loadSpan" | "onScore" | "onThumb" | "onAddToDataset"
> & {
  /** Whether the person may score and add to datasets. */
  maySave: boolean;
};

/** Gives a trace's view what it can do. */
export function TraceLeaf({ maySave, ...props }: TraceLeafProps) {
  const { slug, traceId } = props;
  const loadSpan = useCallback((spanId: string) => readSpan(slug, { traceId, spanId }), [slug, traceId]);
  return (
    <TraceView
      {...props}
      loadSpan={loadSpan}
      onScore={
        maySave
          ? ({ spanId, sessionId }, { target, ...score }) =>
              giveScore(slug, {
                ...score,
                subject:
                  target === "session" && sessionId !== null
                    ? { sessionId }
                    : { traceId, ...(target === "span" && { spanId }) },
              })
          : null
      }
      onThumb={maySave ? (spanId, thumb) => giveThumb(slug, { subject: { traceId, spanId }, thumb }) : null}
      onAddToDataset={
        maySave
          ? (spanId, item) =>
              addSpanToDataset(slug, { ...item, sourceTraceId: traceId, sourceSpanId: spanId })
          : null
      }
    />
  );
}
