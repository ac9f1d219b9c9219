"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { TraceSummary } from "#lib/traces/schema.ts";

export type LiveStatus = "off" | "connecting" | "streaming" | "polling";

type LiveTraces = {
  isOn: boolean;
  /** Of `/api/v1/traces/live`, with the filter. */
  streamUrl: string;
  /** These match and have arrived or changed. */
  onTraces: (traces: TraceSummary[]) => void;
  /** Something may have been missed: reads the list again. Never called twice at once. */
  onBehind: () => Promise<void>;
};

/**
 * Follows the traces that match, over server-sent events. While the stream can't be had the list is read again every
 * two seconds; while the page is hidden nothing is followed, and it catches up when it is looked at.
 */
export function useLiveTraces({ isOn, streamUrl, onTraces, onBehind }: LiveTraces): LiveStatus {
  const [status, setStatus] = useState<LiveStatus>("off");
  const tell = useEffectEvent(onTraces);
  const readAgain = useEffectEvent(onBehind);

  useEffect(() => {
    if (!isOn) {
      setStatus("off");
      return;
    }
    let stream: EventSource | undefined;
    let poll: ReturnType<typeof setInterval> | undefined;
    let isReading = false;
    let isAsked = false;

    async function catchUp() {
      isAsked = true;
      if (isReading) return;
      isReading = true;
      while (isAsked) {
        isAsked = false;
        await readAgain().catch(() => undefined);
      }
      isReading = false;
    }

    function open() {
      setStatus("connecting");
      stream = new EventSource(streamUrl);
      stream.addEventListener("ready", () => {
        clearInterval(poll);
        poll = undefined;
        setStatus("streaming");
        void catchUp();
      });
      stream.addEventListener("behind", () => void catchUp());
      stream.addEventListener("traces", (event) => tell(JSON.parse(event.data) as TraceSummary[]));
      stream.onerror = () => {
        setStatus("polling");
        poll ??= setInterval(() => {
          void catchUp();
          // An EventSource that was refused (503) does not try again by itself.
          if (stream?.readyState === EventSource.CLOSED) {
            close();
            open();
          }
        }, 2000);
      };
    }

    function close() {
      stream?.close();
      clearInterval(poll);
      stream = poll = undefined;
    }

    function onVisibility() {
      if (document.hidden) close();
      else if (!stream) open();
    }

    document.addEventListener("visibilitychange", onVisibility);
    if (!document.hidden) open();
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      close();
    };
  }, [isOn, streamUrl]);

  return status;
}
