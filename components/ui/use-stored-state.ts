"use client";

import { useEffect, useState } from "react";

/**
 * State that this browser remembers under `key` (nothing is remembered without a key). The first render shows
 * `initial`, as the server did, and the remembered value follows.
 */
export function useStoredState<T>(
  key: string | undefined,
  initial: T,
  isValid: (value: unknown) => value is T,
): [T, (next: T) => void] {
  const [value, setValue] = useState(initial);

  useEffect(() => {
    if (!key) return;
    const stored = readStored(key);
    if (isValid(stored)) setValue(stored);
  }, [key, isValid]);

  function save(next: T) {
    setValue(next);
    if (key) writeStored(key, next);
  }
  return [value, save];
}

function readStored(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`stemma:${key}`) ?? "null");
  } catch {
    return null;
  }
}

/** A full or forbidden storage costs only the memory, never the action. */
function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(`stemma:${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}
