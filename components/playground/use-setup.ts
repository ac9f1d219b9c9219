"use client";

import { useCallback, useMemo, useRef, useState } from "react";
import type { PlaygroundColumn, PlaygroundSetup } from "#lib/playground/schema.ts";
import { columnLimit } from "#lib/playground/words.ts";
import { contentKey } from "#lib/prompts/content-key.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { showToast } from "../ui/toast.tsx";
import type { LoadedVersion } from "./playground-actions.ts";
import { emptyContent, newColumnId, withColumn, withCopy } from "./setup-state.ts";

/** The set-up being worked on, and the saved versions that its columns were started from. */
export function useSetup(start: PlaygroundSetup, startSaved: Readonly<Record<string, PromptContent>>) {
  const [setup, setSetup] = useState(start);
  const [revisions, setRevisions] = useState<Readonly<Record<string, number>>>({});
  const [saved, setSaved] = useState(startSaved);
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
    setRevisions((before) => ({ ...before, [id]: (before[id] ?? 0) + 1 }));
  }, []);

  const columns = useMemo(
    () => ({
      change: (column: PlaygroundColumn) => setSetup((before) => withColumn(before, column)),
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
    return before === undefined || contentKey(before) !== contentKey(column.content);
  };
  return {
    setup,
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
