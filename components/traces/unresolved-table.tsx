"use client";

import Link from "next/link";
import { NewPromptDialog } from "#components/prompts/new-prompt-dialog.tsx";
import { promptHref } from "#components/prompts/prompt-href.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Table, Td, Th } from "#components/ui/table.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { SaveVersionInput } from "#lib/prompts/schema.ts";
import type { UnlinkedName } from "#lib/traces/store/count-unlinked.ts";
import { termText } from "./filter-language.ts";
import { tracesHref } from "./span-links.ts";

type UnresolvedTableProps = {
  slug: string;
  names: readonly UnlinkedName[];
  /** Null where the person may not write prompts. */
  onCreatePrompt: ((input: SaveVersionInput) => Promise<ActionResult<{ name: string }>>) | null;
};

/** Names that spans carry and that lead nowhere: what each is, how often, why, and what mends it. */
export function UnresolvedTable({ slug, names, onCreatePrompt }: UnresolvedTableProps) {
  return (
    <Table label="Unresolved names" className="min-w-[44rem]">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th isNumeric>Spans</Th>
          <Th>Last</Th>
          <Th>Why</Th>
          <Th>
            <span className="sr-only">What to do</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={`${name.kind} ${name.name} ${name.detail}`}>
            <Td className="align-top">
              <span className="font-medium break-all">{name.name}</span>
              <span className="block text-xs text-muted">
                {name.kind === "prompt" ? "Prompt" : "A/B test"}
                {name.detail !== null && (
                  <>
                    , {name.kind === "prompt" ? "version" : "variant"} <code>{name.detail}</code>
                  </>
                )}
              </span>
            </Td>
            <Td isNumeric className="align-top">
              <Link
                className="link"
                href={tracesHref(slug, filterOf(name))}
                aria-label={`Traces that name ${name.name}`}
              >
                {formatCount(name.spanCount)}
              </Link>
            </Td>
            <Td className="align-top whitespace-nowrap text-muted">
              <RelativeTime value={name.lastAt} />
            </Td>
            <Td className="max-w-prose align-top">{reasonOf(name)}</Td>
            <Td className="text-right align-top whitespace-nowrap">
              <Remedy slug={slug} name={name} onCreatePrompt={onCreatePrompt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Remedy({
  slug,
  name,
  onCreatePrompt,
}: Omit<UnresolvedTableProps, "names"> & { name: UnlinkedName }) {
  if (name.kind === "ab_test") {
    return (
      <LinkButton
        size="sm"
        href={`/${slug}/ab-tests${name.isNameKnown ? `/${encodeURIComponent(name.name)}` : ""}`}
      >
        {name.isNameKnown ? "Open A/B test" : "A/B tests"}
      </LinkButton>
    );
  }
  if (name.isNameKnown) {
    return (
      <LinkButton size="sm" href={promptHref(slug, name.name)}>
        Open prompt
      </LinkButton>
    );
  }
  if (!onCreatePrompt) return <Badge>Ask an editor</Badge>;
  return (
    <NewPromptDialog
      slug={slug}
      folder=""
      initialName={name.name}
      trigger={<Button size="sm">Create prompt</Button>}
      onCreate={onCreatePrompt}
    />
  );
}

function reasonOf({ kind, name, detail, isNameKnown, latestVersion }: UnlinkedName): string {
  if (kind === "ab_test") {
    return isNameKnown
      ? `This A/B test has no variant “${detail}”.`
      : "No A/B test here has this key. Names are kept: they link by themselves once it does.";
  }
  if (!isNameKnown) {
    return detail === null
      ? "No prompt here has this name, and the spans say no version of it: gen_ai.prompt.version or stemma.prompt.version."
      : `No prompt here has this name. Once it has a version “${detail}” they link by themselves.`;
  }
  if (detail === null) {
    return `The spans say no version of ${name}. Send gen_ai.prompt.version or stemma.prompt.version: a number, a label or a digest.`;
  }
  return `The prompt has no version, label or digest “${detail}”; its latest is version ${latestVersion ?? 0}.`;
}

function filterOf({ kind, name, detail }: UnlinkedName): string {
  const [nameField, detailField] = kind === "prompt" ? ["prompt", "version"] : ["abtest", "variant"];
  const terms = [termText(nameField!, ":", name)];
  if (detail !== null) terms.push(termText(detailField!, ":", detail));
  return terms.join(" ");
}
