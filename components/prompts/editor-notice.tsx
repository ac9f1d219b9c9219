"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import type { PromptDraft } from "#lib/prompts/drafts.ts";
import type { Prompt, PromptContent, PromptVersionSummary } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { promptHref } from "./prompt-href.ts";

type EditorNoticeProps = {
  slug: string;
  prompt: Prompt;
  base: { number: number; content: PromptContent };
  draft: PromptDraft | null;
  /** Whether what is in the editor differs from the base. */
  isChanged: boolean;
  otherDraftBase: number | null;
  latest: PromptVersionSummary | undefined;
  canWrite: boolean;
  actions: PromptActions;
  onMerge: () => void;
};

/** What must be known before one writes: an old version, a draft that waits, someone else's newer version. */
export function EditorNotice(props: EditorNoticeProps) {
  const { slug, prompt, base, draft, isChanged, otherDraftBase, latest, canWrite, actions, onMerge } = props;
  const router = useRouter();
  const latestNumber = prompt.latestNumber;
  const compare = (
    <Link href={promptHref(slug, prompt.name, `compare=${base.number}..${latestNumber}`)} className="link">
      Compare the two
    </Link>
  );

  async function revert() {
    const result = await actions.revert({ name: prompt.name, toNumber: base.number });
    if (!result.ok) return showError(result.error.message);
    showToast(`Version ${result.data.number} has the content of version ${base.number}`);
    router.push(promptHref(slug, prompt.name));
  }

  async function discardOther() {
    const result = await actions.discardDraft({ promptId: prompt.id });
    if (!result.ok) return showError(result.error.message);
    router.refresh();
  }

  if (otherDraftBase !== null) {
    return (
      <Notice>
        <span>
          This is version {base.number}. You have an unsaved draft, written from version {otherDraftBase}.
        </span>
        <Link href={promptHref(slug, prompt.name)} className="link">
          Go on with the draft
        </Link>
        <Button size="sm" onClick={discardOther}>
          Discard it and edit version {base.number}
        </Button>
      </Notice>
    );
  }
  if (isChanged && base.number !== latestNumber) {
    return (
      <Notice tone="unresolved">
        <span>
          This was written from version {base.number}; the newest is {latestNumber}, by {latest?.authorName}.
          Saving makes version {latestNumber + 1} without what changed in between.
        </span>
        {compare}
        {canWrite && (
          <Button size="sm" onClick={onMerge}>
            Merge version {latestNumber} into your draft
          </Button>
        )}
      </Notice>
    );
  }
  if (draft && isChanged) {
    return (
      <Notice>
        <span>
          Your draft from <RelativeTime value={draft.updatedAt} />, written from version {base.number}. Nobody
          else sees it.
        </span>
      </Notice>
    );
  }
  if (base.number === latestNumber) return null;
  return (
    <Notice>
      <span>
        This is version {base.number}; the newest is {latestNumber}.{" "}
        {canWrite && "What you write here branches from it."}
      </span>
      {compare}
      {canWrite && (
        <Button size="sm" onClick={revert}>
          Revert to version {base.number}
        </Button>
      )}
    </Notice>
  );
}

function Notice({ tone = "neutral", children }: { tone?: "neutral" | "unresolved"; children: ReactNode }) {
  const look = tone === "unresolved" ? "bg-unresolved-soft text-unresolved" : "bg-accent-soft text-text";
  return (
    <div
      role="status"
      className={`mb-4 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md px-3 py-2 text-sm ${look}`}
    >
      {children}
    </div>
  );
}
