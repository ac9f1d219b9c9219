"use client";

import { useEffect, useState } from "react";
import type { JsonObject } from "#lib/core/json.ts";
import { spellValue } from "#lib/prompts/variable-value.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Select } from "../ui/select.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { FillItem, FillSources, PromptActions } from "./prompt-actions.ts";

type FillDialogProps = {
  promptName: string;
  actions: PromptActions;
  onFill: (values: JsonObject) => void;
  onClose: () => void;
};

const traced = "\u0000traces";

/** Takes a prompt's values from a dataset's item, or from a call that was traced. */
export function FillDialog({ promptName, actions, onFill, onClose }: FillDialogProps) {
  const [sources, setSources] = useState<FillSources | null>(null);
  const [source, setSource] = useState(traced);
  const [items, setItems] = useState<readonly FillItem[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const { listFillSources, listFillItems } = actions;

  useEffect(() => {
    let isGone = false;
    void listFillSources({ promptName }).then((result) => {
      if (isGone) return;
      if (result.ok) setSources(result.data);
      else setFault(result.error.message);
    });
    return () => {
      isGone = true;
    };
  }, [listFillSources, promptName]);

  useEffect(() => {
    if (source === traced) return;
    let isGone = false;
    setItems(null);
    void listFillItems({ datasetVersionId: source }).then((result) => {
      if (isGone) return;
      if (result.ok) setItems(result.data);
      else setFault(result.error.message);
    });
    return () => {
      isGone = true;
    };
  }, [listFillItems, source]);

  const shown = source === traced ? (sources?.traces ?? null) : items;
  return (
    <Dialog
      title="Fill from a dataset or trace"
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      width="md"
    >
      <div className="flex flex-col gap-4 pb-4">
        <Field label="From" className="max-w-sm">
          <Select
            options={[
              { value: traced, label: "Traced calls of this prompt" },
              ...(sources?.datasets ?? []).map(({ versionId, label }) => ({ value: versionId, label })),
            ]}
            value={source}
            onValueChange={setSource}
          />
        </Field>
        <FormError>{fault}</FormError>
        {!shown && !fault && <Skeleton className="h-32" />}
        {shown?.length === 0 && (
          <p className="text-sm text-muted">
            {source === traced
              ? "No traced call tells what this prompt was filled with. Calls through the gateway do."
              : "This dataset has no items."}
          </p>
        )}
        {shown && shown.length > 0 && (
          <ul className="divide-y divide-border rounded-lg border border-border">
            {shown.map((item) => (
              <li key={item.key}>
                <button
                  type="button"
                  className="flex w-full min-w-0 flex-col gap-0.5 px-3 py-2 text-left text-sm hover:bg-hover"
                  onClick={() => onFill(item.values)}
                >
                  <span className="flex w-full justify-between gap-2 text-xs text-muted">
                    <span className="truncate font-mono">{item.key}</span>
                    {item.at && <RelativeTime value={item.at} />}
                  </span>
                  <span className="line-clamp-2 break-words">
                    {Object.entries(item.values).map(([name, value]) => (
                      <span key={name} className="mr-3">
                        <code className="text-accent">{name}</code> {spellValue(value).slice(0, 160)}
                      </span>
                    ))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}
