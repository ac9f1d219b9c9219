"use client";

import { useEffect, useState } from "react";
import type { RunEstimate } from "#lib/playground/estimate-run.ts";
import type { PlaygroundRow, PlaygroundSetup } from "#lib/playground/schema.ts";
import type { PlaygroundActions } from "./playground-actions.ts";

const pauseMs = 700;

/** What a run of everything would take, asked for after each pause; null until it is known. */
export function useEstimate(
  setup: PlaygroundSetup,
  rows: readonly PlaygroundRow[],
  onEstimate: PlaygroundActions["estimate"],
): RunEstimate | null {
  const [known, setKnown] = useState<RunEstimate | null>(null);
  const { columns, samples } = setup;

  useEffect(() => {
    let isGone = false;
    const timer = setTimeout(async () => {
      const result = await onEstimate({ columns, rows: [...rows], samples }).catch(() => null);
      if (!isGone) setKnown(result?.ok ? result.data : null);
    }, pauseMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [columns, rows, samples, onEstimate]);

  return known;
}
