"use client";

import { useEffect, useState } from "react";
import type { FormState } from "./form-state.ts";

type Kept = { form: FormState; at: number };

export type KeptDraft = {
  form: FormState;
  setForm: (form: FormState) => void;
  /** When what is shown was typed, where it comes from an earlier visit; null otherwise. */
  keptAt: number | null;
  /** Forgets what was typed and shows what was there at first. */
  forget: () => void;
};

/** The form as it is typed, kept in this browser until it is saved, so that leaving the page loses nothing. */
export function useKeptDraft(name: string, initial: FormState): KeptDraft {
  const [form, setTyped] = useState(initial);
  const [keptAt, setKeptAt] = useState<number | null>(null);
  const key = `stemma:ab-draft:${name}`;

  useEffect(() => {
    const kept = read(key);
    if (!kept) return;
    setTyped((current) => ({ ...current, ...kept.form }));
    setKeptAt(kept.at);
  }, [key]);

  return {
    form,
    setForm: (next) => {
      setTyped(next);
      write(key, { form: next, at: Date.now() });
    },
    keptAt,
    forget: () => {
      setTyped(initial);
      setKeptAt(null);
      write(key, null);
    },
  };
}

/** Null where there is none, and where it is older than a month or not readable. */
function read(key: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
    return kept && Array.isArray(kept.form?.variants) && Date.now() - kept.at < 30 * 86_400_000 ? kept : null;
  } catch {
    return null;
  }
}

/** A full or forbidden storage costs only the memory. */
function write(key: string, kept: Kept | null): void {
  try {
    if (kept) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
  } catch {
    return;
  }
}
