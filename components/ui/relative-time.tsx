"use client";

import { useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "./format.ts";

type RelativeTimeProps = {
  /** ISO 8601, or milliseconds since 1970. */
  value: string | number | Date;
  className?: string;
};

/** "4 min ago", with the exact local time on hover. All of them on a page share one clock that ticks every 30 s. */
export function RelativeTime({ value, className }: RelativeTimeProps) {
  const at = new Date(value);
  const now = useSyncExternalStore(subscribe, readNow, readNowOnServer);
  return (
    <time dateTime={at.toISOString()} title={exactTime(at)} className={className} suppressHydrationWarning>
      {relativeTime(at.getTime(), now === 0 ? Date.now() : now)}
    </time>
  );
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = 0;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const readNow = () => now;
const readNowOnServer = () => 0;
