"use client";

import { useRouter } from "next/navigation";
import { DeleteTraces } from "#components/traces/delete-traces.tsx";
import { deleteOf } from "./actions.ts";

type DeleteOfLeafProps = {
  slug: string;
  of: { userId: string } | { sessionId: string };
  /** Null where there are more than were counted. */
  traceCount: number | null;
  /** Where to go when nothing is left here. */
  backHref: string;
};

/** Deletes every trace of a user or a session. */
export function DeleteOfLeaf({ slug, of, traceCount, backHref }: DeleteOfLeafProps) {
  const router = useRouter();
  return (
    <DeleteTraces
      traceCount={traceCount}
      whose={"userId" in of ? ` of user ${of.userId}` : ` of session ${of.sessionId}`}
      onDelete={() => deleteOf(slug, of)}
      onDeleted={() => router.push(backHref)}
    />
  );
}
