"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import { formats } from "#lib/prompts/formats/formats.ts";
import type { PromptContent } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { WarningList } from "./warning-list.tsx";

export type ExportDialogProps = {
  name: string;
  number: number;
  content: PromptContent;
  models: readonly ModelVersion[];
  onClose: () => void;
};

/** What is in the editor, in the form of another tool. */
export function ExportDialog({ name, number, content, models, onClose }: ExportDialogProps) {
  const [id, setId] = useState(formats[0]!.id);
  const format = formats.find((each) => each.id === id)!;
  const model = models.find((each) => each.id === content.modelVersionId)?.providerModel ?? null;
  const { text, warnings } = format.write({ name, content, model });

  function download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = `${name.split("/").at(-1)}-v${number}${format.extension}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  return (
    <Dialog
      title="Export"
      description="What is in the editor, unsaved changes included."
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      width="lg"
      footer={
        <>
          <DialogClose>Close</DialogClose>
          <Button variant="primary" onClick={download}>
            <Download aria-hidden="true" />
            Download {format.extension}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        <Field label="Form" className="max-w-xs">
          <Select
            options={formats.map((each) => ({ value: each.id, label: each.label }))}
            value={id}
            onValueChange={setId}
          />
        </Field>
        <WarningList warnings={warnings} />
        <CodeBlock code={text} label={format.label} isWrapped />
      </div>
    </Dialog>
  );
}
