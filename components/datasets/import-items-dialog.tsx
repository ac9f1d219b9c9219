"use client";

import { Upload } from "lucide-react";
import { useId, useState } from "react";
import type { DatasetItemInput, ImportedVersion, ImportMode } from "#lib/datasets/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { ItemSource } from "./item-source.tsx";

export type ImportRequest = { items: DatasetItemInput[]; mode: ImportMode; message: string };

type ImportItemsDialogProps = {
  /** Of the version that the import would make. */
  nextNumber: number;
  itemCount: number;
  onImport: (input: ImportRequest) => Promise<ActionResult<ImportedVersion>>;
  onDone: (version: ImportedVersion) => void;
};

export function ImportItemsDialog({ nextNumber, itemCount, onImport, onDone }: ImportItemsDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [items, setItems] = useState<DatasetItemInput[]>([]);
  const [mode, setMode] = useState<ImportMode>("append");
  const [message, setMessage] = useState("");
  const form = useSubmit(onImport, (version) => {
    setOpen(false);
    setItems([]);
    setMessage("");
    onDone(version);
  });

  return (
    <Dialog
      title={`Import items as version ${nextNumber}`}
      width="lg"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button variant="primary">
          <Upload aria-hidden="true" />
          Import items
        </Button>
      }
      footer={
        <>
          <DialogClose />
          <Button
            variant="primary"
            type="submit"
            form={formId}
            isPending={form.isPending}
            disabled={items.length === 0}
          >
            {items.length > 0 ? `Import ${countOf(items.length, "item")}` : "Import items"}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit({ items, mode, message });
        }}
      >
        <FormError>{form.error ?? form.issueOf("items")}</FormError>
        <ItemSource items={items} onChange={setItems} />
        {itemCount > 0 && (
          <Field label="What happens to the items that are there" name="mode">
            <Select
              value={mode}
              onValueChange={setMode}
              options={[
                { value: "append", label: "Keep them", hint: "An item of the same key is replaced" },
                {
                  value: "replace",
                  label: "Leave them out",
                  hint: `Version ${nextNumber} is only what is imported`,
                },
              ]}
            />
          </Field>
        )}
        <Field label="Message" name="message" isOptional description="What changed and why.">
          <Input value={message} onValueChange={setMessage} />
        </Field>
      </form>
    </Dialog>
  );
}
