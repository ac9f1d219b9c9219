"use client";

import { useRef } from "react";

/** The value as it first was, until one comes that reads differently as JSON: what depends on it is left alone. */
export function useStable<T>(value: T): T {
  const key = JSON.stringify(value);
  const kept = useRef({ key, value });
  if (kept.current.key !== key) kept.current = { key, value };
  return kept.current.value;
}
