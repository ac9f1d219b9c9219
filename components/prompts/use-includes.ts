"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { includeUsesOf, reachableIncludes } from "#lib/prompts/includes.ts";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import type { PinnedInclude, PromptContent } from "#lib/prompts/schema.ts";
import type { PromptActions } from "./prompt-actions.ts";

export type IncludeState = {
  reference: string;
  /** What it is pinned to in the text being written. */
  pin: PinnedInclude | null;
  /** What it would be pinned to now, if that is another version. */
  newer: PinnedInclude | null;
  fault: string | null;
};

const pauseMs = 250;

/**
 * Keeps the pins of a content in step with what is written: a new reference is resolved after a pause, one that is
 * gone takes its pin along, and of the others it is known whether they have moved on.
 */
export function useIncludes(input: {
  promptName: string;
  content: PromptContent;
  isEnabled: boolean;
  change: (edit: (content: PromptContent) => PromptContent) => void;
  onResolve: PromptActions["resolveIncludes"];
}): {
  states: IncludeState[];
  judge: (problem: TemplateProblem) => TemplateProblem | null;
  update: () => void;
} {
  const { promptName, content, isEnabled, change, onResolve } = input;
  const [known, setKnown] = useState<ReadonlyMap<string, Known>>(new Map());
  const references = useMemo(
    () => [...new Set(includeUsesOf(content).map((use) => use.reference))],
    [content],
  );
  const unknown = references.filter((reference) => !known.has(reference)).join("\n");
  const pinned = useMemo(
    () => new Map(content.includes.filter((pin) => pin.within === null).map((pin) => [pin.reference, pin])),
    [content.includes],
  );

  useEffect(() => {
    if (unknown === "") return;
    let isGone = false;
    const timer = setTimeout(async () => {
      const asked = unknown.split("\n");
      const result = await onResolve({ promptName, references: asked }).catch(() => null);
      if (isGone || !result?.ok) return;
      const { includes, faults } = result.data;
      setKnown((before) => {
        const next = new Map(before);
        for (const reference of asked) {
          const pin = includes.find((each) => each.within === null && each.reference === reference) ?? null;
          next.set(reference, { pin, all: includes, fault: faults[reference] ?? null });
        }
        return next;
      });
    }, pauseMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [unknown, promptName, onResolve]);

  const added = references.filter((reference) => !pinned.has(reference) && known.get(reference)?.pin);
  const isStale = content.includes.length > 0 && reachableIncludes(content).length < content.includes.length;
  const addedKey = added.join("\n");
  const latestKnown = useRef(known);
  latestKnown.current = known;
  useEffect(() => {
    if (!isEnabled || (addedKey === "" && !isStale)) return;
    change((before) => {
      const more = addedKey.split("\n").flatMap((reference) => latestKnown.current.get(reference)?.all ?? []);
      return withPins(before, [...before.includes, ...more]);
    });
  }, [addedKey, isStale, isEnabled, change]);

  const states = references.map((reference): IncludeState => {
    const pin = pinned.get(reference) ?? null;
    const now = known.get(reference);
    const isNewer = pin && now?.pin && now.pin.promptVersionId !== pin.promptVersionId;
    return { reference, pin, newer: isNewer ? now.pin : null, fault: now?.fault ?? null };
  });

  const update = useCallback(() => {
    change((before) => {
      const fresh = [...latestKnown.current.values()].flatMap((each) => (each.pin ? each.all : []));
      return withPins(before, [...fresh, ...before.includes]);
    });
  }, [change]);

  /** A reference that is being looked up is no problem yet; one that means nothing is told in the server's words. */
  const judge = useCallback(
    (problem: TemplateProblem): TemplateProblem | null => {
      if (problem.code !== "unknown_include") return problem;
      const found = known.get(problem.name ?? "");
      if (!found || found.pin) return null;
      return { ...problem, message: found.fault ?? problem.message };
    },
    [known],
  );
  return { states, judge, update };
}

type Known = { pin: PinnedInclude | null; all: PinnedInclude[]; fault: string | null };

/** The content with those of the pins, the first under each reference, that it asks for. */
function withPins(content: PromptContent, pins: PinnedInclude[]): PromptContent {
  const first = new Map<string, PinnedInclude>();
  for (const pin of pins) {
    const key = `${pin.within ?? ""} ${pin.reference}`;
    if (!first.has(key)) first.set(key, pin);
  }
  const all = { ...content, includes: [...first.values()] };
  return { ...content, includes: reachableIncludes(all) };
}
