import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import type { PromptActions } from "#components/prompts/prompt-actions.ts";
import { PromptCompare } from "#components/prompts/prompt-compare.tsx";
import { PromptEditor } from "#components/prompts/prompt-editor.tsx";
import type { PromptPageData } from "#components/prompts/prompt-frame.tsx";
import { promptHref } from "#components/prompts/prompt-href.ts";
import { type Context, hasScope, type Role, roles } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { listInputPrices } from "#lib/models/list-input-prices.ts";
import { listModelVersions } from "#lib/models/queries.ts";
import { diffContent } from "#lib/prompts/diff.ts";
import { findOptionalDraft } from "#lib/prompts/drafts.ts";
import { findPrompt } from "#lib/prompts/find-prompt.ts";
import { findVersion } from "#lib/prompts/find-version.ts";
import { listUsers } from "#lib/prompts/list-users.ts";
import { listVersions } from "#lib/prompts/list-versions.ts";
import { listPromotions } from "#lib/registry/list-promotions.ts";
import { listProtected } from "#lib/registry/protect-label.ts";
import * as server from "../actions.ts";

type PromptPageProps = {
  params: Promise<{ project: string; name: string[] }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata({ params }: PromptPageProps): Promise<Metadata> {
  return { title: nameOf((await params).name) };
}

export default async function PromptPage({ params, searchParams }: PromptPageProps) {
  const { project: slug, name: segments } = await params;
  const { ctx, role } = await requirePage(slug);
  const name = nameOf(segments);
  const prompt = await orNotFound(findPrompt(ctx, name));
  const query = await searchParams;
  if (prompt.name !== name) redirect(promptHref(slug, prompt.name));

  const data = await pageData(ctx, role, slug, prompt);
  const actions = actionsOf(slug);
  const version = (number: number) => orNotFound(findVersion(ctx, { name, version: number }));

  const compared = /^(\d{1,9})\.\.(\d{1,9})$/.exec(String(query.compare ?? ""));
  if (compared) {
    const [before, after] = await Promise.all([version(Number(compared[1])), version(Number(compared[2]))]);
    const diff = diffContent(before.content, after.content);
    return <PromptCompare data={data} actions={actions} before={before} after={after} diff={diff} />;
  }

  const asked = /^\d{1,9}$/.test(String(query.version ?? "")) ? Number(query.version) : null;
  const draft = data.canWrite ? await findOptionalDraft(ctx, prompt.id) : null;
  const isDraftShown = draft !== null && (asked === null || asked === draft.baseNumber);
  const number = asked ?? (isDraftShown ? draft.baseNumber : null) ?? prompt.latestNumber;
  const base = await version(number);
  return (
    <PromptEditor
      key={
        asked === null || asked === prompt.latestNumber
          ? "latest"
          : `${asked} ${draft !== null && !isDraftShown}`
      }
      data={data}
      actions={actions}
      base={{ number: base.number, content: base.content }}
      draft={isDraftShown ? draft : null}
      otherDraftBase={draft !== null && !isDraftShown ? draft.baseNumber : null}
    />
  );
}

async function pageData(
  ctx: Context,
  role: Role,
  slug: string,
  prompt: PromptPageData["prompt"],
): Promise<PromptPageData> {
  const [versions, promotions, protectedLabels, models, users] = await Promise.all([
    listVersions(ctx, { name: prompt.name, limit: 40 }),
    listPromotions(ctx, { subject: "prompt_label", subjectId: prompt.id, limit: 30 }),
    listProtected(ctx),
    listModelVersions(ctx),
    listUsers(ctx, prompt.name),
  ]);
  const locked = protectedLabels.filter((label) => roles.indexOf(role) < roles.indexOf(label.role));
  return {
    slug,
    origin: publicOrigin(),
    prompt,
    versions: versions.data,
    olderCursor: versions.nextCursor,
    promotions: promotions.data,
    protectedLabels: protectedLabels.map((label) => label.name),
    lockedLabels: Object.fromEntries(locked.map((label) => [label.name, whoMay(label.role)])),
    models,
    inputPrices: await listInputPrices(ctx, models),
    users,
    canWrite: hasScope(ctx, "prompts:write"),
  };
}

function actionsOf(slug: string): PromptActions {
  return {
    save: server.savePromptVersion.bind(null, slug),
    saveDraft: server.saveMyDraft.bind(null, slug),
    discardDraft: server.discardMyDraft.bind(null, slug),
    blame: server.blamePromptVersion.bind(null, slug),
    find: server.findPromptVersion.bind(null, slug),
    resolveIncludes: server.resolvePromptIncludes.bind(null, slug),
    listIncludable: server.listIncludablePrompts.bind(null, slug),
    countTokens: server.countPromptTokens.bind(null, slug),
    revert: server.revertPrompt.bind(null, slug),
    compare: server.comparePromptVersions.bind(null, slug),
    listVariableSets: server.listPromptVariableSets.bind(null, slug),
    saveVariableSet: server.savePromptVariableSet.bind(null, slug),
    deleteVariableSet: server.deletePromptVariableSet.bind(null, slug),
    listFillSources: server.listPromptFillSources.bind(null, slug),
    listFillItems: server.listPromptFillItems.bind(null, slug),
    gatherEvidence: server.gatherPromptEvidence.bind(null, slug),
    listOlder: server.listOlderVersions.bind(null, slug),
    update: server.updatePromptDetails.bind(null, slug),
    copy: server.copyPrompt.bind(null, slug),
    moveLabel: server.movePromptLabel.bind(null, slug),
    removeLabel: server.removePromptLabel.bind(null, slug),
    rollBackLabel: server.rollBackPromptLabel.bind(null, slug),
  };
}

function whoMay(role: Role): string {
  return role === "owner" ? "owners" : `${role}s and owners`;
}

function nameOf(segments: string[]): string {
  return segments.map(decodeURIComponent).join("/");
}

async function orNotFound<T>(found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") notFound();
    throw error;
  }
}
