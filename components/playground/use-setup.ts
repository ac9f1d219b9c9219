"use client";

import { startTransition, useCallback, useMemo, useRef, useState } from "react";
import type { PlaygroundColumn, PlaygroundSetup } from "#lib/playground/schema.ts";
import { columnLimit } from "#lib/playground/words.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { showToast } from "../ui/toast.tsx";
import type { LoadedVersion } from "./playground-actions.ts";
import { emptyContent, keyOfContent, newColumnId, withColumn, withCopy } from "./setup-state.ts";

/** The set-up being worked on, and the saved versions that its columns were started from. */
export function useSetup(start: PlaygroundSetup, startSaved: Readonly<Record<string, PromptContent>>) {
  const [setup, setSetup] = useState(start);
  const [revisions, setRevisions] = useState<Readonly<Record<string, number>>>({});
  const [saved, setSaved] = useState(startSaved);
  /** Contents that were typed and are not drawn yet. */
  const typed = useRef(new Map<string, PromptContent>());
  for (const { id, content } of setup.columns)
    if (typed.current.get(id) === content) typed.current.delete(id);
  const latest = useRef(setup);
  latest.current = setup;

  const change = useCallback(
    (part: Partial<PlaygroundSetup>) => setSetup((before) => ({ ...before, ...part })),
    [],
  );
  /** Changes a column from outside its editor, which then starts again from it. */
  const resetColumn = useCallback((id: string, edit: (column: PlaygroundColumn) => PlaygroundColumn) => {
    setSetup((before) => ({
      ...before,
      columns: before.columns.map((column) => (column.id === id ? edit(column) : column)),
    }));
    typed.current.delete(id);
    setRevisions((before) => ({ ...before, [id]: (before[id] ?? 0) + 1 }));
  }, []);

  /** The set-up with what was typed a moment ago: what is run and kept. */
  const newest = useCallback((): PlaygroundSetup => {
    if (typed.current.size === 0) return latest.current;
    const columns = latest.current.columns.map((column) => {
      const content = typed.current.get(column.id);
      return content ? { ...column, content } : column;
    });
    return { ...latest.current, columns };
  }, []);

  const columns = useMemo(
    () => ({
      change: (column: PlaygroundColumn) => setSetup((before) => withColumn(before, column)),
      /** Each key stroke: the rest of the page follows when there is time. */
      changeContent(id: string, content: PromptContent) {
        typed.current.set(id, content);
        startTransition(() =>
          setSetup((before) => ({
            ...before,
            columns: before.columns.map((column) => (column.id === id ? { ...column, content } : column)),
          })),
        );
      },
      duplicate: (index: number) => setSetup((before) => withCopy(before, index)),
      remove(index: number) {
        const kept = latest.current.columns[index]!;
        setSetup((before) => ({ ...before, columns: before.columns.toSpliced(index, 1) }));
        const putBack = () =>
          setSetup((now) =>
            now.columns.length < columnLimit
              ? { ...now, columns: now.columns.toSpliced(Math.min(index, now.columns.length), 0, kept) }
              : now,
          );
        showToast("Removed the column", { action: { label: "Undo", onClick: putBack } });
      },
      move: (index: number, to: number) =>
        setSetup((before) => ({
          ...before,
          columns: before.columns.toSpliced(index, 1).toSpliced(to, 0, before.columns[index]!),
        })),
      add: () => setSetup((before) => withCopy(before, before.columns.length - 1)),
      saveFixture: (tool: string, answer: string) =>
        setSetup((before) => ({
          ...before,
          toolAnswers: { ...before.toolAnswers, [tool]: { by: "fixture", answer } },
        })),
    }),
    [],
  );

  /** One empty column on the first one's model; everything that was there comes back with Undo. */
  const clear = useCallback(() => {
    const kept = latest.current;
    const column: PlaygroundColumn = {
      id: newColumnId(),
      origin: null,
      content: emptyContent,
      modelVersionId: kept.columns[0]!.modelVersionId,
      overrides: {},
    };
    setSetup({ ...kept, columns: [column], variables: {}, placeholders: {}, messages: [], dataset: null });
    showToast("Emptied the playground", { action: { label: "Undo", onClick: () => setSetup(kept) } });
  }, []);

  /** A column becomes a saved version: it was loaded, or just saved. */
  const adopt = useCallback(
    (index: number, version: LoadedVersion) => {
      const { name, number, content } = version;
      setSaved((before) => ({ ...before, [`${name}@${number}`]: content }));
      resetColumn(latest.current.columns[index]!.id, (column) => ({
        ...column,
        origin: { promptName: name, number },
        content,
        modelVersionId: column.modelVersionId ?? content.modelVersionId,
      }));
    },
    [resetColumn],
  );

  /** What the version that a column was started from says; undefined where it is not known. */
  const savedOf = ({ origin }: PlaygroundColumn) =>
    origin ? saved[`${origin.promptName}@${origin.number}`] : undefined;
  const isEdited = (column: PlaygroundColumn) => {
    const before = savedOf(column);
    return before === undefined || keyOfContent(before) !== keyOfContent(column.content);
  };
  return {
    setup,
    newest,
    replace: setSetup,
    /** Differs for a column's editor each time its content comes from outside. */
    keyOf: (column: PlaygroundColumn) => `${column.id} ${revisions[column.id] ?? 0}`,
    change,
    resetColumn,
    columns,
    clear,
    adopt,
    savedOf,
    isEdited,
  };
}
