"use client";

import { ArrowLeftRight } from "lucide-react";
import { useRouter } from "next/navigation";
import type { ContentDiff } from "#lib/prompts/diff.ts";
import type { PromptVersion } from "#lib/prompts/schema.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Select } from "../ui/select.tsx";
import { useStoredState } from "../ui/use-stored-state.ts";
import { type DiffMode, DiffView } from "./diff-view.tsx";
import { LabelBadge } from "./label-badge.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { modelNamesOf, PromptFrame, type PromptPageData } from "./prompt-frame.tsx";
import { promptHref } from "./prompt-href.ts";

type PromptCompareProps = {
  data: PromptPageData;
  actions: PromptActions;
  before: PromptVersion;
  after: PromptVersion;
  diff: ContentDiff;
};

const modes = ["split", "inline", "words"] as const;
const names: Record<DiffMode, string> = { split: "Side by side", inline: "Inline", words: "By word" };
const isMode = (value: unknown): value is DiffMode => modes.some((mode) => mode === value);

/** Two versions of a prompt beside each other, settings included. Which two is in the URL. */
export function PromptCompare({ data, actions, before, after, diff }: PromptCompareProps) {
  const { slug, prompt, versions } = data;
  const router = useRouter();
  const [mode, setMode] = useStoredState<DiffMode>("prompt-diff", "split", isMode);
  const go = (from: number, to: number) =>
    router.push(promptHref(slug, prompt.name, `compare=${from}..${to}`), { scroll: false });
  const numbers = [...new Set([...versions.map((each) => each.number), before.number, after.number])].sort(
    (a, b) => b - a,
  );
  const options = numbers.map((number) => ({
    value: String(number),
    label: `Version ${number}`,
    hint: versions.find((each) => each.number === number)?.message || undefined,
  }));

  return (
    <PromptFrame
      data={data}
      actions={actions}
      currentNumber={after.number}
      content={after.content}
      header={(promote) => (
        <>
          <LinkButton
            href={promptHref(
              slug,
              prompt.name,
              prompt.latestNumber === after.number ? undefined : `version=${after.number}`,
            )}
          >
            {data.canWrite ? `Edit version ${after.number}` : `Open version ${after.number}`}
          </LinkButton>
          {data.canWrite && (
            <Button variant="primary" onClick={() => promote(after.number)}>
              Promote version {after.number}
            </Button>
          )}
        </>
      )}
    >
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <Select
          aria-label="From version"
          className="max-w-36"
          options={options}
          value={String(before.number)}
          onValueChange={(number) => go(Number(number), after.number)}
        />
        <Button
          variant="quiet"
          size="icon"
          aria-label="Swap the two versions"
          onClick={() => go(after.number, before.number)}
        >
          <ArrowLeftRight aria-hidden="true" />
        </Button>
        <Select
          aria-label="To version"
          className="max-w-36"
          options={options}
          value={String(after.number)}
          onValueChange={(number) => go(before.number, Number(number))}
        />
        <span className="flex-1" />
        <fieldset className="hidden gap-1 md:flex">
          <legend className="sr-only">Layout of the comparison</legend>
          {modes.map((each) => (
            <Button
              key={each}
              size="sm"
              variant={mode === each ? "secondary" : "quiet"}
              aria-pressed={mode === each}
              onClick={() => setMode(each)}
            >
              {names[each]}
            </Button>
          ))}
        </fieldset>
      </div>
      <div className="mb-4 grid gap-x-8 gap-y-2 sm:grid-cols-2">
        <Side version={before} />
        <Side version={after} />
      </div>
      <DiffView diff={diff} mode={mode} modelNames={modelNamesOf(data.models)} />
    </PromptFrame>
  );
}

function Side({ version }: { version: PromptVersion }) {
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-2 font-medium">
        Version {version.number}
        {version.labels.map((label) => (
          <LabelBadge key={label} name={label} />
        ))}
      </div>
      {version.message && <p className="break-words">{version.message}</p>}
      <p className="text-xs text-muted">
        {version.authorName} · <RelativeTime value={version.createdAt} />
      </p>
    </div>
  );
}
