"use client";

import { type ComponentProps, useCallback } from "react";
import { TraceView } from "#components/traces/trace-view.tsx";
import { addSpanToDataset, readSpan, scoreSpan } from "../actions.ts";

type TraceLeafProps = Omit<ComponentProps<typeof TraceView>, "loadSpan" | "onScore" | "onAddToDataset"> & {
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
      onScore={maySave ? (spanId, score) => scoreSpan(slug, { traceId, spanId, ...score }) : null}
      onAddToDataset={
        maySave
          ? (spanId, item) =>
              addSpanToDataset(slug, { ...item, sourceTraceId: traceId, sourceSpanId: spanId })
          : null
      }
    />
  );
}
