"use client";

import { Ellipsis, GitCompareArrows, History, Tag } from "lucide-react";
import { useRouter } from "next/navigation";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LabelPointer, PromptVersionSummary } from "#lib/prompts/schema.ts";
import { StemmaHistory } from "../charts/stemma-history.tsx";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/input.tsx";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "../ui/menu.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { LabelBadge } from "./label-badge.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { promptHref } from "./prompt-href.ts";

type VersionsPanelProps = {
  slug: string;
  promptName: string;
  versions: readonly PromptVersionSummary[];
  labels: readonly LabelPointer[];
  /** Where older versions go on; null if these are all. */
  olderCursor: string | null;
  currentNumber: number;
  protectedLabels: readonly string[];
  canWrite: boolean;
  actions: PromptActions;
  onPromote: (number: number) => void;
};

/** The history as a stemma: each version, what it was written from, its labels, author and reason. */
export const VersionsPanel = memo(function VersionsPanel(props: VersionsPanelProps) {
  const { slug, promptName, versions, labels, currentNumber, protectedLabels } = props;
  const { older, isSearching, text, setText, loadOlder } = useOlderVersions(props);
  const all = useMemo(
    () => withLabels(mergeVersions(older.data, versions), labels),
    [versions, older.data, labels],
  );
  const shown = useMemo(() => all.filter((version) => matches(version, text)), [all, text]);
  const byId = useMemo(() => new Map(all.map((version) => [version.id, version])), [all]);
  const latestNumber = versions[0]?.number ?? 0;
  const nodes = useMemo(
    () =>
      shown.map((version) => ({
        id: version.id,
        label: String(version.number),
        detail: version.message,
        kind: `Version by ${version.authorName}`,
        href: promptHref(
          slug,
          promptName,
          version.number === latestNumber ? undefined : `version=${version.number}`,
        ),
        parents: version.parentId ? [version.parentId] : [],
        isCurrent: version.number === currentNumber,
      })),
    [shown, slug, promptName, latestNumber, currentNumber],
  );

  return (
    <div className="flex flex-col gap-2">
      {(all.length > 8 || text !== "") && (
        <Input
          type="search"
          aria-label="Filter versions"
          placeholder="Filter by message, author or label"
          value={text}
          onValueChange={setText}
        />
      )}
      <StemmaHistory
        label="Versions, the newest first"
        className="max-h-[27rem] overflow-y-auto pr-1"
        rowHeight={48}
        nodes={nodes}
        onEnd={loadOlder}
        endOf={(node) => {
          const version = byId.get(node.id)!;
          return (
            <>
              <span className="flex max-w-40 flex-col items-end gap-0.5 text-xs text-muted">
                <span className="flex flex-wrap justify-end gap-1">
                  {version.labels.map((label) => (
                    <LabelBadge key={label} name={label} isProtected={protectedLabels.includes(label)} />
                  ))}
                </span>
                <span className="max-w-full truncate">
                  {version.authorName} · <RelativeTime value={version.createdAt} />
                </span>
              </span>
              <VersionMenu {...props} version={version} latestNumber={latestNumber} />
            </>
          );
        }}
      />
      {shown.length === 0 && (
        <p role="status" className="py-3 text-muted">
          {isSearching ? "Looking…" : "No version matches."}
        </p>
      )}
    </div>
  );
});

type Older = { data: PromptVersionSummary[]; cursor: string | null };

/** Pages of older versions as they come into sight, and those of all that match a filter. */
function useOlderVersions({ promptName, versions, olderCursor, actions }: VersionsPanelProps) {
  const [older, setOlder] = useState<Older>({ data: [], cursor: olderCursor });
  // A version that a newer one pushes off the page's own list stays in this one.
  useEffect(() => {
    setOlder((before) => ({ ...before, data: mergeVersions(before.data, versions) }));
  }, [versions]);
  const [text, setText] = useState("");
  const [isSearching, setSearching] = useState(false);
  const isLoading = useRef(false);
  const { cursor } = older;
  const { listOlder } = actions;

  const loadOlder = useCallback(async () => {
    if (cursor === null || isLoading.current) return;
    isLoading.current = true;
    const result = await listOlder({ name: promptName, cursor });
    isLoading.current = false;
    if (!result.ok) return showError(result.error.message);
    const { data, nextCursor } = result.data;
    setOlder((before) => ({ data: mergeVersions(before.data, data), cursor: nextCursor }));
  }, [cursor, promptName, listOlder]);

  useEffect(() => {
    if (text.trim() === "" || cursor === null) return;
    let isGone = false;
    setSearching(true);
    const timer = setTimeout(async () => {
      const result = await listOlder({ name: promptName, search: text });
      if (isGone) return;
      setSearching(false);
      if (!result.ok) return showError(result.error.message);
      const found = result.data.data;
      setOlder((before) => ({ ...before, data: mergeVersions(before.data, found) }));
    }, 250);
    return () => {
      isGone = true;
      setSearching(false);
      clearTimeout(timer);
    };
  }, [text, cursor, promptName, listOlder]);

  return { older, isSearching, text, setText, loadOlder };
}

/** Each version once, the newest first. */
function mergeVersions(
  some: readonly PromptVersionSummary[],
  more: readonly PromptVersionSummary[],
): PromptVersionSummary[] {
  const byNumber = new Map([...some, ...more].map((version) => [version.number, version]));
  return [...byNumber.values()].sort((a, b) => b.number - a.number);
}

type VersionMenuProps = VersionsPanelProps & { version: PromptVersionSummary; latestNumber: number };

function VersionMenu({
  slug,
  promptName,
  version,
  latestNumber,
  currentNumber,
  canWrite,
  actions,
  onPromote,
}: VersionMenuProps) {
  const router = useRouter();
  const { number } = version;
  const compareWith = (other: number) =>
    promptHref(slug, promptName, `compare=${Math.min(number, other)}..${Math.max(number, other)}`);

  async function revert() {
    const result = await actions.revert({ name: promptName, toNumber: number });
    if (!result.ok) return showError(result.error.message);
    if (!result.data.isNew) return showToast(`Version ${latestNumber} already has this content`);
    showToast(`Version ${result.data.number} has the content of version ${number}`);
    router.push(promptHref(slug, promptName));
  }

  return (
    <Menu
      align="end"
      trigger={
        <Button
          variant="quiet"
          size="icon"
          className="-ml-2 size-7"
          aria-label={`Actions for version ${number}`}
        >
          <Ellipsis aria-hidden="true" />
        </Button>
      }
    >
      {canWrite && (
        <MenuItem icon={<Tag aria-hidden="true" />} onSelect={() => onPromote(number)}>
          Promote version {number}…
        </MenuItem>
      )}
      {canWrite && number !== latestNumber && (
        <MenuItem icon={<History aria-hidden="true" />} onSelect={revert}>
          Revert to version {number}
        </MenuItem>
      )}
      {canWrite && <MenuSeparator />}
      {number > 1 && (
        <MenuLink icon={<GitCompareArrows aria-hidden="true" />} href={compareWith(number - 1)}>
          Compare with version {number - 1}
        </MenuLink>
      )}
      {number !== latestNumber && number + 1 !== latestNumber && (
        <MenuLink icon={<GitCompareArrows aria-hidden="true" />} href={compareWith(latestNumber)}>
          Compare with version {latestNumber}
        </MenuLink>
      )}
      {currentNumber !== number && Math.abs(currentNumber - number) > 1 && currentNumber !== latestNumber && (
        <MenuLink icon={<GitCompareArrows aria-hidden="true" />} href={compareWith(currentNumber)}>
          Compare with version {currentNumber}
        </MenuLink>
      )}
      <MenuLink href={promptHref(slug, promptName, `version=${number}`)}>Open version {number}</MenuLink>
    </Menu>
  );
}

/** Labels where they point now, also on versions that were loaded before they moved. */
function withLabels(
  versions: readonly PromptVersionSummary[],
  labels: readonly LabelPointer[],
): PromptVersionSummary[] {
  const namesOf = Map.groupBy(labels, (label) => label.number);
  return versions.map((version) => ({
    ...version,
    labels: namesOf.get(version.number)?.map((label) => label.name) ?? [],
  }));
}

function matches(version: PromptVersionSummary, text: string): boolean {
  const haystack = [version.number, version.message, version.authorName, ...version.labels]
    .join("\n")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
