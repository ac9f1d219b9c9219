"use client";

import { memo, useMemo } from "react";
import type { Json } from "#lib/core/json.ts";
import { diffWords } from "#lib/playground/diff-words.ts";
import { JsonText } from "../traces/json-text.tsx";
import { MessageText } from "../traces/message-text.tsx";
import { classNames } from "../ui/class-names.ts";

export const answerViews = ["text", "markdown", "json", "raw"] as const;
export type AnswerViewName = (typeof answerViews)[number];

type AnswerViewProps = {
  text: string;
  view: AnswerViewName;
  /** Still being written: it is shown as text until then, since half of a JSON is none. */
  isStreaming: boolean;
  /** The answer to compare with. */
  baseline: { letter: string; text: string } | null;
};

/** An answer as text, as Markdown, as JSON or letter for letter; or its words against another answer's. */
export const AnswerView = memo(function AnswerView({ text, view, isStreaming, baseline }: AnswerViewProps) {
  if (baseline && !isStreaming) return <WordDiff text={text} baseline={baseline} />;
  if (text === "") return null;
  if (view === "markdown") return <MessageText text={text} format="markdown" />;
  if (view === "json" && !isStreaming) return <JsonAnswer text={text} />;
  if (view === "raw")
    return <pre className="font-mono text-xs leading-5 break-words whitespace-pre-wrap">{text}</pre>;
  return <p className="break-words whitespace-pre-wrap">{text}</p>;
});

function JsonAnswer({ text }: { text: string }) {
  const parsed = useMemo(() => parse(text), [text]);
  if (parsed !== undefined) return <JsonText value={parsed} />;
  return (
    <>
      <p className="mb-1.5 text-xs text-unresolved">This answer is not JSON.</p>
      <p className="break-words whitespace-pre-wrap">{text}</p>
    </>
  );
}

function WordDiff({ text, baseline }: { text: string; baseline: { letter: string; text: string } }) {
  const { changes, isSame } = useMemo(() => diffWords(baseline.text, text), [baseline.text, text]);
  return (
    <>
      <p className="mb-1.5 text-xs text-muted">
        {isSame ? `The same as ${baseline.letter}, word for word` : `Against ${baseline.letter}`}
      </p>
      <p className="break-words whitespace-pre-wrap">
        {changes.map((change, index) =>
          change.kind === "same" ? (
            change.text
          ) : (
            <mark
              // biome-ignore lint/suspicious/noArrayIndexKey: words have no identity but their place
              key={index}
              className={classNames(
                "rounded-sm text-text",
                change.kind === "added" ? "bg-better/30 font-semibold" : "bg-worse/30 line-through",
              )}
            >
              {change.text}
            </mark>
          ),
        )}
      </p>
    </>
  );
}

/** JSON, also where a model put it in a code fence. */
function parse(text: string): Json | undefined {
  const bare = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;
  try {
    return JSON.parse(bare) as Json;
  } catch {
    return undefined;
  }
}
