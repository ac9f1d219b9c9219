"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import { contentKey } from "#lib/prompts/content-key.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";

export type DraftStatus = "none" | "waiting" | "saving" | "saved" | "failed";

type DraftInput = {
  content: PromptContent;
  base: PromptContent;
  baseNumber: number;
  /** The draft the page was opened with. */
  hasDraft: boolean;
  isEnabled: boolean;
  onSave: (content: PromptContent, baseNumber: number) => Promise<ActionResult<unknown>>;
  onDiscard: () => Promise<ActionResult<unknown>>;
};

const pauseMs = 700;

/**
 * Keeps the person's draft on the server: after each pause in typing, when the page is left, and again after a
 * failure. When the content is the base's again, the draft goes.
 */
export function useDraft(input: DraftInput): {
  status: DraftStatus;
  /** The draft has become a version. */
  forget: () => void;
  /** Waits for what is on its way and sends nothing more: a draft must not arrive after the version it became. */
  pause: () => Promise<void>;
  resume: () => void;
} {
  const { content, isEnabled } = input;
  const [status, setStatus] = useState<DraftStatus>(input.hasDraft ? "saved" : "none");
  const stored = useRef(contentKey(content));
  const isPaused = useRef(false);
  const onItsWay = useRef<Promise<unknown>>(Promise.resolve());
  const kept = useRef<DraftStatus>(input.hasDraft ? "saved" : "none");
  const latest = useRef(input);
  latest.current = input;

  const send = useCallback(async () => {
    const { content, base, baseNumber, onSave, onDiscard, isEnabled } = latest.current;
    const key = contentKey(content);
    if (!isEnabled || isPaused.current || key === stored.current) return;
    setStatus("saving");
    const isBase = key === contentKey(base);
    const sent = (isBase ? onDiscard() : onSave(content, baseNumber)).catch(() => ({ ok: false as const }));
    onItsWay.current = sent;
    const result = await sent;
    if (result.ok) {
      stored.current = key;
      kept.current = isBase ? "none" : "saved";
    }
    setStatus(result.ok ? kept.current : "failed");
  }, []);

  useEffect(() => {
    if (!isEnabled) return;
    if (contentKey(content) === stored.current) {
      // Typed back to what is kept already.
      setStatus((before) => (before === "waiting" ? kept.current : before));
      return;
    }
    setStatus((before) => (before === "failed" ? before : "waiting"));
    const timer = setTimeout(send, pauseMs);
    return () => clearTimeout(timer);
  }, [content, isEnabled, send]);

  useEffect(() => {
    if (status !== "failed") return;
    const timer = setTimeout(send, 5000);
    return () => clearTimeout(timer);
  }, [status, send]);

  useEffect(() => {
    const leave = () => {
      if (document.visibilityState === "hidden") void send();
    };
    document.addEventListener("visibilitychange", leave);
    return () => document.removeEventListener("visibilitychange", leave);
  }, [send]);

  const forget = useCallback(() => {
    stored.current = contentKey(latest.current.content);
    kept.current = "none";
    isPaused.current = false;
    setStatus("none");
  }, []);
  const pause = useCallback(async () => {
    isPaused.current = true;
    await onItsWay.current;
  }, []);
  const resume = useCallback(() => {
    isPaused.current = false;
    void send();
  }, [send]);
  return { status, forget, pause, resume };
}
