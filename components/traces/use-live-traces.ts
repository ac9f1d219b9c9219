"use client";

import { useEffect, useEffectEvent, useState } from "react";

export type LiveStatus = "off" | "connecting" | "streaming" | "polling";

/**
 * Calls `onChange` when spans have arrived: at the server's word over server-sent events, and every two seconds where
 * the stream can't be had. Never twice at once, and at most every 400 ms.
 */
export function useLiveTraces(isOn: boolean, streamUrl: string, onChange: () => Promise<void>): LiveStatus {
  const [status, setStatus] = useState<LiveStatus>("off");
  const read = useEffectEvent(onChange);

  useEffect(() => {
    if (!isOn) {
      setStatus("off");
      return;
    }
    setStatus("connecting");
    let isReading = false;
    let isAsked = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let poll: ReturnType<typeof setInterval> | undefined;

    async function run() {
      if (isReading) {
        isAsked = true;
        return;
      }
      isReading = true;
      await read().catch(() => undefined);
      isReading = false;
      if (isAsked) {
        isAsked = false;
        ask();
      }
    }
    function ask() {
      timer ??= setTimeout(() => {
        timer = undefined;
        void run();
      }, 400);
    }

    const stream = new EventSource(streamUrl);
    stream.onopen = () => {
      clearInterval(poll);
      poll = undefined;
      setStatus("streaming");
      ask();
    };
    for (const name of ["message", "spans", "traces", "trace"]) stream.addEventListener(name, ask);
    stream.onerror = () => {
      setStatus("polling");
      poll ??= setInterval(() => document.hidden || ask(), 2000);
    };
    return () => {
      stream.close();
      clearTimeout(timer);
      clearInterval(poll);
    };
  }, [isOn, streamUrl]);

  return status;
}
