"use client";

import { useState } from "react";
import { classNames } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";

export type Snippet = { label: string; code: string };

type CodeBlockProps = {
  /** One text, or several to choose from (Python, TypeScript, curl). */
  code: string | readonly Snippet[];
  /** Names it for screen readers and, when there is one text, above it. */
  label?: string;
  isWrapped?: boolean;
  className?: string;
};

/** Text to copy: commands, requests, raw JSON. */
export function CodeBlock({ code, label = "Code", isWrapped = false, className }: CodeBlockProps) {
  const snippets = typeof code === "string" ? [{ label, code }] : code;
  const [chosen, setChosen] = useState(0);
  const snippet = snippets[Math.min(chosen, snippets.length - 1)];
  if (!snippet) return null;

  return (
    <figure className={classNames("relative min-w-0 rounded-lg bg-sunken", className)}>
      <figcaption className="flex h-9 items-center gap-1 pr-1 pl-3 text-xs text-muted">
        {snippets.length === 1
          ? snippet.label
          : snippets.map((each, index) => (
              <button
                key={each.label}
                type="button"
                aria-pressed={index === chosen}
                onClick={() => setChosen(index)}
                className="rounded-sm px-1.5 py-0.5 first:-ml-1.5 hover:text-text aria-pressed:bg-hover aria-pressed:text-text"
              >
                {each.label}
              </button>
            ))}
        <span className="flex-1" />
        <CopyButton text={snippet.code} label="Copy" />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className={classNames(
          "max-h-[28rem] overflow-auto rounded-b-lg px-3 pb-3 text-xs leading-5",
          isWrapped && "break-words whitespace-pre-wrap",
        )}
      >
        <code>{snippet.code}</code>
      </pre>
    </figure>
  );
}
