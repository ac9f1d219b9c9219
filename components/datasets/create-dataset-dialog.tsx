"use client";

import { Plus } from "lucide-react";
import { useId, useState } from "react";
import type { DatasetItemInput } from "#lib/datasets/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { countOf } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { ItemSource } from "./item-source.tsx";

export type NewDataset = { name: string; description: string; items: DatasetItemInput[] };

type CreateDatasetDialogProps = {
  /** Makes the dataset and imports the items, if there are any. */
  onCreate: (input: NewDataset) => Promise<ActionResult<{ id: string }>>;
  onDone: (dataset: { id: string }) => void;
};

export function CreateDatasetDialog({ onCreate, onDone }: CreateDatasetDialogProps) {
  const formId = useId();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [items, setItems] = useState<DatasetItemInput[]>([]);
  const form = useSubmit(onCreate, (dataset) => {
    setOpen(false);
    onDone(dataset);
  });

  return (
    <Dialog
      title="New dataset"
      description="Rows of inputs and, where known, right answers. Every import makes an immutable version."
      width="lg"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button variant="primary">
          <Plus aria-hidden="true" />
          New dataset
        </Button>
      }
      footer={
        <>
          <DialogClose />
          <Button variant="primary" type="submit" form={formId} isPending={form.isPending}>
            {items.length > 0 ? `Create with ${countOf(items.length, "item")}` : "Create empty dataset"}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit({ name, description, items });
        }}
      >
        <FormError>{form.error}</FormError>
        <Field label="Name" name="name" error={form.issueOf("name")}>
          <Input value={name} onValueChange={setName} placeholder="capitals" required />
        </Field>
        <Field label="Description" name="description" isOptional error={form.issueOf("description")}>
          <Input value={description} onValueChange={setDescription} />
        </Field>
        <ItemSource items={items} onChange={setItems} />
      </form>
    </Dialog>
  );
}
