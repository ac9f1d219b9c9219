"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import type { PlaygroundActions } from "./playground-actions.ts";

const pauseMs = 600;

/**
 * Keeps the set-up on the server: after each pause, before a run, and when the page is left. `isFailed` while the last
 * try failed; it is tried again with the next change and every few seconds.
 */
export function useKeepSetup(
  setup: PlaygroundSetup,
  onKeep: PlaygroundActions["keepSetup"],
  isStored: boolean,
): { isFailed: boolean; keepNow: () => Promise<void> } {
  const [failures, setFailures] = useState(0);
  const stored = useRef<PlaygroundSetup | null>(isStored ? setup : null);
  const latest = useRef({ setup, onKeep });
  latest.current = { setup, onKeep };

  const keepNow = useCallback(async () => {
    const { setup, onKeep } = latest.current;
    if (stored.current === setup) return;
    const before = stored.current;
    stored.current = setup;
    const result = await onKeep(setup).catch(() => ({ ok: false as const }));
    if (result.ok) setFailures(0);
    else {
      stored.current = before;
      setFailures((count) => count + 1);
    }
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the set-up starts the pause again
  useEffect(() => {
    const timer = setTimeout(() => void keepNow(), pauseMs);
    return () => clearTimeout(timer);
  }, [setup, keepNow]);

  useEffect(() => {
    if (failures === 0) return;
    const timer = setTimeout(() => void keepNow(), 5000);
    return () => clearTimeout(timer);
  }, [failures, keepNow]);

  useEffect(() => {
    const leave = () => {
      if (document.visibilityState === "hidden") void keepNow();
    };
    document.addEventListener("visibilitychange", leave);
    return () => document.removeEventListener("visibilitychange", leave);
  }, [keepNow]);

  return { isFailed: failures > 0, keepNow };
}
