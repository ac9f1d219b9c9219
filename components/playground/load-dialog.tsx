"use client";

import { useEffect, useState } from "react";
import type { IncludablePrompt } from "#lib/prompts/list-includable.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import type { LoadedVersion, PlaygroundActions } from "./playground-actions.ts";

type LoadDialogProps = {
  /** The column it is for; null closes it. */
  letter: string | null;
  startName: string;
  actions: PlaygroundActions;
  onLoaded: (version: LoadedVersion) => void;
  onClose: () => void;
};

/** Puts a saved version of any prompt into a column. */
export function LoadDialog({ letter, startName, actions, onLoaded, onClose }: LoadDialogProps) {
  const [prompts, setPrompts] = useState<readonly IncludablePrompt[]>([]);
  const [name, setName] = useState(startName);
  const [version, setVersion] = useState("latest");
  const form = useSubmit(actions.loadVersion, (loaded) => {
    onLoaded(loaded);
    onClose();
  });
  const chosen = prompts.find((each) => each.name === name);

  useEffect(() => {
    if (letter === null) return;
    let isGone = false;
    void actions.listPrompts({}).then((result) => {
      if (!isGone && result.ok) setPrompts(result.data);
    });
    return () => {
      isGone = true;
    };
  }, [letter, actions]);

  return (
    <Dialog
      title={`Load a saved prompt into column ${letter ?? ""}`}
      isOpen={letter !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      width="sm"
      footer={
        <>
          <DialogClose />
          <Button variant="primary" type="submit" form="load-version" isPending={form.isPending}>
            Load {version === "latest" ? "the newest version" : version}
          </Button>
        </>
      }
    >
      <form
        id="load-version"
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit({ name, version });
        }}
      >
        <Field label="Prompt" error={form.issueOf("name")}>
          <Input
            isCode
            autoFocus
            list="playground-prompts"
            placeholder="support/triage"
            value={name}
            onValueChange={(next) => {
              setName(next);
              setVersion("latest");
            }}
            autoComplete="off"
          />
        </Field>
        <datalist id="playground-prompts">
          {prompts.map((prompt) => (
            <option key={prompt.name} value={prompt.name} />
          ))}
        </datalist>
        <Field label="Version">
          <Select
            options={[
              { value: "latest", label: "Newest", hint: chosen ? `version ${chosen.latest}` : undefined },
              ...(chosen?.labels ?? []).map((label) => ({ value: label, label })),
              ...numbersUpTo(chosen?.latest ?? 0).map((number) => ({
                value: String(number),
                label: `version ${number}`,
              })),
            ]}
            value={version}
            onValueChange={setVersion}
          />
        </Field>
        <FormError>{form.error}</FormError>
      </form>
    </Dialog>
  );
}

/** The newest first; of a long history the newest hundred. */
function numbersUpTo(latest: number): number[] {
  return Array.from({ length: Math.min(latest, 100) }, (_, index) => latest - index);
}
