"use client";

import { RefreshCw } from "lucide-react";
import Link from "next/link";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/section.tsx";
import { promptHref } from "./prompt-href.ts";
import type { IncludeState } from "./use-includes.ts";

type IncludesSectionProps = {
  slug: string;
  states: readonly IncludeState[];
  isReadOnly: boolean;
  onUpdate: () => void;
};

/** What the prompt includes: the version each reference is pinned to, and whether there is a newer one. */
export function IncludesSection({ slug, states, isReadOnly, onUpdate }: IncludesSectionProps) {
  const newer = states.filter((state) => state.newer);
  if (states.length === 0) return null;
  return (
    <Section
      title="Includes"
      description="Pinned when the version is saved: what an include's label points at later changes nothing here."
      actions={
        newer.length > 0 &&
        !isReadOnly && (
          <Button size="sm" onClick={onUpdate}>
            <RefreshCw aria-hidden="true" />
            {newer.length === 1 ? "Update the include" : `Update ${newer.length} includes`}
          </Button>
        )
      }
    >
      <ul className="divide-y divide-border rounded-lg border border-border bg-surface">
        {states.map(({ reference, pin, newer: update, fault }) => (
          <li key={reference} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-2">
            <code className="min-w-0 break-words">{reference}</code>
            {pin && (
              <Link
                className="link text-sm"
                prefetch={false}
                href={promptHref(slug, pin.name, `version=${pin.number}`)}
              >
                version {pin.number}
              </Link>
            )}
            {update && (
              <span className="text-sm text-unresolved">
                Update available:{" "}
                <Link
                  className="link"
                  prefetch={false}
                  href={promptHref(slug, update.name, `compare=${pin!.number}..${update.number}`)}
                >
                  version {update.number}
                </Link>
              </span>
            )}
            {!pin && <span className="text-sm text-harm">{fault ?? "Looking for it…"}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
