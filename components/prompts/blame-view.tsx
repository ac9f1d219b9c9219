"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import type { BlamedVersion } from "#lib/prompts/blame-version.ts";
import { FormError } from "../ui/form-error.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { PromptActions } from "./prompt-actions.ts";
import { promptHref } from "./prompt-href.ts";

export type BlameViewProps = {
  slug: string;
  promptName: string;
  number: number;
  onBlame: PromptActions["blame"];
};

/** Which version each line of a saved version came with; who wrote it and why. */
export function BlameView({ slug, promptName, number, onBlame }: BlameViewProps) {
  const [found, setFound] = useState<BlamedVersion | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    let isGone = false;
    void onBlame({ name: promptName, number }).then((result) => {
      if (isGone) return;
      if (result.ok) setFound(result.data);
      else setFault(result.error.message);
    });
    return () => {
      isGone = true;
    };
  }, [onBlame, promptName, number]);

  if (fault) return <FormError>{fault}</FormError>;
  if (!found) return <Skeleton className="h-40" />;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-muted">
        Version {number} as it was saved, each line with the version that it came with.
        {found.isCut && " Older versions than the last 200 were not looked at."}
      </p>
      {found.texts.map(({ title, lines }, place) => (
        <section
          // biome-ignore lint/suspicious/noArrayIndexKey: a saved version's texts are never reordered
          key={place}
          aria-label={title}
          className="overflow-hidden rounded-lg border border-border bg-surface"
        >
          <h3 className="border-b border-border px-3 py-1.5 text-xs font-medium text-muted">{title}</h3>
          <table className="w-full font-mono text-sm">
            <tbody>
              {lines.map((line, index) => {
                const version = found.versions[line.number];
                const isFirst = lines[index - 1]?.number !== line.number;
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
                  <tr key={index} className={isFirst && index > 0 ? "border-t border-border" : undefined}>
                    <td className="w-px border-r border-border px-2 align-top font-sans text-xs leading-5 whitespace-nowrap text-muted">
                      {isFirst && (
                        <Link
                          className="link"
                          prefetch={false}
                          href={
                            line.number > 1
                              ? promptHref(slug, promptName, `compare=${line.number - 1}..${line.number}`)
                              : promptHref(slug, promptName, "version=1")
                          }
                          title={version?.message || undefined}
                        >
                          v{line.number}
                        </Link>
                      )}
                      {isFirst && version && (
                        <span className="hidden sm:inline">
                          {" "}
                          {version.authorName} · <RelativeTime value={version.createdAt} />
                        </span>
                      )}
                    </td>
                    <td className="px-3 break-words whitespace-pre-wrap">{line.text || " "}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      ))}
    </div>
  );
}
