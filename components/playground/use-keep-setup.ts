"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import type { PlaygroundActions } from "./playground-actions.ts";

const pauseMs = 600;

/**
 * Keeps the set-up on the server: after each pause, before a run, and when the page is left. `fault` says why the last
 * try failed, null if it did not; it is tried again with the next change and every few seconds.
 */
export function useKeepSetup(
  setup: PlaygroundSetup,
  newest: () => PlaygroundSetup,
  onKeep: PlaygroundActions["keepSetup"],
  isStored: boolean,
): { fault: string | null; keepNow: () => Promise<void> } {
  const [failure, setFailure] = useState<{ message: string } | null>(null);
  const stored = useRef<PlaygroundSetup | null>(isStored ? setup : null);
  const latest = useRef({ newest, onKeep });
  latest.current = { newest, onKeep };

  const keepNow = useCallback(async () => {
    const { newest, onKeep } = latest.current;
    const setup = newest();
    if (stored.current === setup) return;
    const before = stored.current;
    stored.current = setup;
    const result = await onKeep(setup).catch(() => null);
    if (result?.ok) return setFailure(null);
    stored.current = before;
    setFailure({ message: result?.error.message ?? "The server could not be reached." });
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the set-up starts the pause again
  useEffect(() => {
    const timer = setTimeout(() => void keepNow(), pauseMs);
    return () => clearTimeout(timer);
  }, [setup, keepNow]);

  useEffect(() => {
    if (!failure) return;
    const timer = setTimeout(() => void keepNow(), 5000);
    return () => clearTimeout(timer);
  }, [failure, keepNow]);

  useEffect(() => {
    const leave = () => {
      if (document.visibilityState === "hidden") void keepNow();
    };
    document.addEventListener("visibilitychange", leave);
    return () => {
      document.removeEventListener("visibilitychange", leave);
      void keepNow();
    };
  }, [keepNow]);

  return { fault: failure?.message ?? null, keepNow };
}
