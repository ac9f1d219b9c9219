"use client";

import { useRouter } from "next/navigation";
import { useRef } from "react";
import { CreateDatasetDialog } from "#components/datasets/create-dataset-dialog.tsx";
import { createDataset } from "./actions.ts";
import { postItems } from "./post-items.ts";

export function NewDataset({ slug }: { slug: string }) {
  const router = useRouter();
  // A second try after a refused import must not make the dataset again.
  const made = useRef<{ name: string; id: string } | null>(null);
  return (
    <CreateDatasetDialog
      onCreate={async ({ name, description, items }) => {
        const created =
          made.current?.name === name
            ? ({ ok: true, data: made.current } as const)
            : await createDataset(slug, { name, description });
        if (!created.ok) return created;
        made.current = { name, id: created.data.id };
        if (items.length === 0) return created;
        const message = "First import";
        const imported = await postItems(slug, created.data.id, { items, mode: "replace", message });
        return imported.ok ? created : imported;
      }}
      onDone={({ id }) => router.push(`/${slug}/datasets/${id}`)}
    />
  );
}
