"use client";

import { Ellipsis } from "lucide-react";
import { useEffect, useState } from "react";
import type { JsonObject } from "#lib/core/json.ts";
import type { VariableSet } from "#lib/prompts/variable-sets.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import { Select } from "../ui/select.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { FillDialog } from "./fill-dialog.tsx";
import type { PromptActions } from "./prompt-actions.ts";

type VariableSetsBarProps = {
  promptName: string;
  canWrite: boolean;
  /** What a new set would keep. */
  values: JsonObject;
  actions: PromptActions;
  onFill: (values: JsonObject) => void;
};

const examples = "\u0000examples";

/** Chooses the values a prompt is looked at with: its examples, a kept set, a dataset's item, a traced call's. */
export function VariableSetsBar({ promptName, canWrite, values, actions, onFill }: VariableSetsBarProps) {
  const [sets, setSets] = useState<readonly VariableSet[]>([]);
  const [chosen, setChosen] = useState(examples);
  const [open, setOpen] = useState<"save" | "fill" | null>(null);
  const { listVariableSets } = actions;

  useEffect(() => {
    let isGone = false;
    void listVariableSets({ promptName }).then((result) => {
      if (!isGone && result.ok) setSets(result.data);
    });
    return () => {
      isGone = true;
    };
  }, [listVariableSets, promptName]);

  function choose(name: string) {
    setChosen(name);
    onFill(sets.find((set) => set.name === name)?.values ?? {});
  }

  async function remove(set: VariableSet) {
    const result = await actions.deleteVariableSet({ promptName, name: set.name });
    if (!result.ok) return showError(result.error.message);
    setSets(result.data);
    setChosen(examples);
    showToast(`Deleted the set ${set.name}`, {
      action: {
        label: "Undo",
        onClick: async () => {
          const back = await actions.saveVariableSet({ promptName, name: set.name, values: set.values });
          if (back.ok) setSets(back.data);
        },
      },
    });
  }

  const current = sets.find((set) => set.name === chosen);
  return (
    <div className="flex items-end gap-2">
      <Field label="Values" className="min-w-0 flex-1">
        <Select
          options={[
            { value: examples, label: "The examples" },
            ...sets.map((set) => ({ value: set.name, label: set.name, hint: `by ${set.authorName}` })),
          ]}
          value={chosen}
          onValueChange={choose}
        />
      </Field>
      <Menu
        align="end"
        trigger={
          <Button variant="quiet" size="icon" aria-label="More for these values">
            <Ellipsis aria-hidden="true" />
          </Button>
        }
      >
        <MenuItem onSelect={() => setOpen("fill")}>Fill from a dataset or trace…</MenuItem>
        {canWrite && <MenuItem onSelect={() => setOpen("save")}>Keep these values…</MenuItem>}
        {canWrite && current && (
          <>
            <MenuSeparator />
            <MenuItem isDanger onSelect={() => remove(current)}>
              Delete the set {current.name}
            </MenuItem>
          </>
        )}
      </Menu>
      {open === "save" && (
        <KeepDialog
          promptName={promptName}
          values={values}
          start={current?.name ?? ""}
          names={sets.map((set) => set.name)}
          onSave={actions.saveVariableSet}
          onClose={() => setOpen(null)}
          onSaved={(name, kept) => {
            setSets(kept);
            setChosen(name);
            setOpen(null);
          }}
        />
      )}
      {open === "fill" && (
        <FillDialog
          promptName={promptName}
          actions={actions}
          onClose={() => setOpen(null)}
          onFill={(filled) => {
            setChosen(examples);
            setOpen(null);
            onFill(filled);
          }}
        />
      )}
    </div>
  );
}

type KeepDialogProps = {
  promptName: string;
  values: JsonObject;
  start: string;
  names: readonly string[];
  onSave: PromptActions["saveVariableSet"];
  onSaved: (name: string, sets: VariableSet[]) => void;
  onClose: () => void;
};

function KeepDialog({ promptName, values, start, names, onSave, onSaved, onClose }: KeepDialogProps) {
  const [name, setName] = useState(start);
  const { submit, isPending, error, issueOf } = useSubmit(onSave, (sets) => onSaved(name.trim(), sets));
  return (
    <Dialog
      title="Keep these values"
      description="Everyone in the project can look at this prompt with them."
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      width="sm"
      footer={
        <>
          <DialogClose />
          <Button variant="primary" type="submit" form="keep-values" isPending={isPending}>
            {names.includes(name.trim()) ? `Replace ${name.trim()}` : "Keep values"}
          </Button>
        </>
      }
    >
      <form
        id="keep-values"
        onSubmit={(event) => {
          event.preventDefault();
          void submit({ promptName, name, values });
        }}
      >
        <Field label="Name" error={issueOf("name")}>
          <Input value={name} onValueChange={setName} placeholder="An angry customer" autoFocus />
        </Field>
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}
