"use client";

import { Ellipsis, GitCompareArrows, History, Tag } from "lucide-react";
import { useRouter } from "next/navigation";
import { memo, useMemo, useState } from "react";
import type { PromptVersionSummary } from "#lib/prompts/schema.ts";
import { StemmaGraph } from "../charts/stemma-graph.tsx";
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
  const { slug, promptName, versions, olderCursor, currentNumber, protectedLabels, actions } = props;
  const [older, setOlder] = useState<{ data: PromptVersionSummary[]; cursor: string | null }>({
    data: [],
    cursor: olderCursor,
  });
  const [text, setText] = useState("");
  const all = useMemo(() => joinVersions(versions, older.data), [versions, older.data]);
  const shown = useMemo(() => all.filter((version) => matches(version, text)), [all, text]);
  const byId = useMemo(() => new Map(all.map((version) => [version.id, version])), [all]);
  const latestNumber = versions[0]?.number ?? 0;

  async function loadOlder() {
    if (!older.cursor) return;
    const result = await actions.listOlder({ name: promptName, cursor: older.cursor });
    if (result.ok) setOlder({ data: [...older.data, ...result.data.data], cursor: result.data.nextCursor });
    else showError(result.error.message);
  }

  return (
    <div className="flex flex-col gap-2">
      {all.length > 8 && (
        <Input
          type="search"
          aria-label="Filter versions"
          placeholder="Filter by message, author or label"
          value={text}
          onValueChange={setText}
        />
      )}
      <div className="max-h-[27rem] overflow-y-auto pr-1">
        <StemmaGraph
          label="Versions, the newest first"
          direction="vertical"
          rowHeight={48}
          nodes={shown.map((version) => ({
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
          }))}
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
        {shown.length === 0 && <p className="py-3 text-muted">No version matches.</p>}
        {older.cursor && (
          <Button size="sm" variant="quiet" className="mt-1" onClick={loadOlder}>
            Show older versions
          </Button>
        )}
      </div>
    </div>
  );
});

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

/** The page's own list is newer than what was loaded below it; each version once. */
function joinVersions(newest: readonly PromptVersionSummary[], older: readonly PromptVersionSummary[]) {
  const lowest = newest.at(-1)?.number ?? 0;
  return [...newest, ...older.filter((version) => version.number < lowest)];
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
