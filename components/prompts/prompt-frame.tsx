"use client";

import { type ReactNode, useState } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import type { PromptUser } from "#lib/prompts/queries.ts";
import type { Prompt, PromptContent, PromptVersionSummary } from "#lib/prompts/schema.ts";
import type { Promotion } from "#lib/registry/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { LazyPart } from "../ui/lazy-part.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Section } from "../ui/section.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { CodePanel } from "./code-panel.tsx";
import { LabelHistory } from "./label-history.tsx";

import type { PromptActions } from "./prompt-actions.ts";
import { folderCrumbs } from "./prompt-href.ts";
import { VersionsPanel } from "./versions-panel.tsx";
import { WhereUsed } from "./where-used.tsx";

/** What every view of one prompt knows. */
export type PromptPageData = {
  slug: string;
  origin: string;
  prompt: Prompt;
  versions: PromptVersionSummary[];
  olderCursor: string | null;
  promotions: Promotion[];
  protectedLabels: string[];
  /** Labels this person may not move, with who may. */
  lockedLabels: Record<string, string>;
  models: ModelVersion[];
  /** US dollars per million input tokens, by model version's id. */
  inputPrices: Record<string, number>;
  /** The prompts that include this one. */
  users: PromptUser[];
  canWrite: boolean;
};

type PromptFrameProps = {
  data: PromptPageData;
  actions: PromptActions;
  currentNumber: number;
  content: PromptContent;
  /** Buttons of the header; gets what opens the promotion of a version. */
  header: (promote: (number: number) => void) => ReactNode;
  preview?: ReactNode;
  children: ReactNode;
};

/** A prompt's page: its name at the top, the work in the middle, its history, preview and code at the side. */
export function PromptFrame({
  data,
  actions,
  currentNumber,
  content,
  header,
  preview,
  children,
}: PromptFrameProps) {
  const [promoted, setPromoted] = useState<number | null>(null);
  const { slug, prompt, canWrite } = data;
  const history = (
    <div className="flex flex-col gap-6">
      <VersionsPanel
        slug={slug}
        promptName={prompt.name}
        versions={data.versions}
        labels={prompt.labels}
        olderCursor={data.olderCursor}
        currentNumber={currentNumber}
        protectedLabels={data.protectedLabels}
        canWrite={canWrite}
        actions={actions}
        onPromote={setPromoted}
      />
      <Section title="Labels">
        <LabelHistory
          slug={slug}
          promptName={prompt.name}
          labels={prompt.labels}
          promotions={data.promotions}
          lockedLabels={data.lockedLabels}
          canWrite={canWrite}
          actions={actions}
        />
      </Section>
      <WhereUsed slug={slug} users={data.users} latestNumber={prompt.latestNumber} />
    </div>
  );
  const tabs = [
    { value: "versions", label: "Versions", count: prompt.versionCount, content: history },
    ...(preview ? [{ value: "preview", label: "Preview", content: preview }] : []),
    {
      value: "code",
      label: "Code",
      content: (
        <CodePanel
          origin={data.origin}
          promptName={prompt.name}
          content={content}
          modelName={modelNameFor(content, data.models)}
        />
      ),
    },
  ];
  return (
    <>
      <PageHeader
        title={prompt.name.split("/").at(-1)}
        crumbs={folderCrumbs(slug, prompt.name)}
        description={prompt.description || undefined}
        badges={
          <>
            {prompt.type === "text" && <Badge tone="outline">text</Badge>}
            {prompt.archivedAt && <Badge tone="unresolved">archived</Badge>}
            {prompt.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </>
        }
        actions={header(setPromoted)}
      />
      <div className="grid grid-cols-1 gap-x-8 gap-y-8 xl:grid-cols-[minmax(0,1fr)_23rem]">
        <div className="min-w-0">{children}</div>
        <aside
          aria-label="History, preview and code"
          className="min-w-0 xl:sticky xl:top-0 xl:-my-4 xl:max-h-dvh xl:self-start xl:overflow-y-auto xl:py-4 xl:pr-1"
        >
          <Tabs label="Side panel" items={tabs} />
        </aside>
      </div>
      {promoted !== null && (
        <LazyPart
          load={loadMoveLabel}
          fallback={null}
          props={{
            slug,
            promptName: prompt.name,
            toNumber: promoted,
            labels: prompt.labels,
            lockedLabels: data.lockedLabels,
            modelNames: modelNamesOf(data.models),
            actions,
            onClose: () => setPromoted(null),
          }}
        />
      )}
    </>
  );
}

const loadMoveLabel = async () => (await import("./move-label-dialog.tsx")).MoveLabelDialog;

/** `gpt-4o-mini v2` by id. */
export function modelNamesOf(models: readonly ModelVersion[]): Record<string, string> {
  return Object.fromEntries(models.map((each) => [each.id, `${each.model.name} v${each.number}`]));
}

/** The model a prompt is written for, else the first that is registered. */
function modelNameFor({ modelVersionId }: PromptContent, models: readonly ModelVersion[]): string | null {
  return (models.find((each) => each.id === modelVersionId) ?? models[0])?.model.name ?? null;
}
