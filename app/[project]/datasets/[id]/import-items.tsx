"use client";

import { useRouter } from "next/navigation";
import { ImportItemsDialog } from "#components/datasets/import-items-dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { showToast } from "#components/ui/toast.tsx";
import { postItems } from "../post-items.ts";

type ImportItemsProps = { slug: string; datasetId: string; nextNumber: number; itemCount: number };

export function ImportItems({ slug, datasetId, nextNumber, itemCount }: ImportItemsProps) {
  const router = useRouter();
  return (
    <ImportItemsDialog
      nextNumber={nextNumber}
      itemCount={itemCount}
      onImport={(input) => postItems(slug, datasetId, input)}
      onDone={(version) => {
        const { number, isNew, addedCount, removedCount } = version;
        showToast(isNew ? `Version ${number} is imported` : `Version ${number} has these items already`, {
          description: isNew
            ? `${formatCount(addedCount)} added, ${formatCount(removedCount)} removed`
            : "Nothing was changed.",
        });
        router.push(`/${slug}/datasets/${datasetId}`);
        router.refresh();
      }}
    />
  );
}
