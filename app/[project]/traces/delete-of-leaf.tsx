"use client";

import { useRouter } from "next/navigation";
import { DeleteTraces } from "#components/traces/delete-traces.tsx";
import { countForgotten, deleteForgotten } from "./actions.ts";

type DeleteOfLeafProps = {
  slug: string;
  of: { userId: string } | { sessionId: string } | { traceIds: [string] };
  /** Where to go when nothing is left here. */
  backHref: string;
};

/** Deletes one trace, or every trace of a user or a session. */
export function DeleteOfLeaf({ slug, of, backHref }: DeleteOfLeafProps) {
  const router = useRouter();
  return (
    <DeleteTraces
      label={"traceIds" in of ? "Delete trace" : "Delete traces"}
      whose={
        "userId" in of ? ` of user ${of.userId}` : "sessionId" in of ? ` of session ${of.sessionId}` : ""
      }
      onCount={() => countForgotten(slug, of)}
      onDelete={() => deleteForgotten(slug, of)}
      // The list of traces shows how far it is.
      onDeleted={(outcome) => router.push("deleted" in outcome ? backHref : `/${slug}/traces?view=all`)}
    />
  );
}
