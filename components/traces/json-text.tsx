"use client";

import type { ReactNode } from "react";
import type { Json } from "#lib/core/json.ts";
import { LongText } from "./long-text.tsx";

/** A JSON value, indented and colored; a text as the text it is. */
export function JsonText({ value }: { value: Json }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <LongText text={text} limit={8000}>
      {(shown) => (
        <pre className="text-xs leading-5 break-words whitespace-pre-wrap">
          <code>{typeof value === "string" ? shown : colored(shown)}</code>
        </pre>
      )}
    </LongText>
  );
}

const tokenPattern = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;

/** Colors are an aid for short values; a long text would only make thousands of elements. */
function colored(text: string): ReactNode {
  if (text.length > 20_000) return text;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(tokenPattern)) {
    const [token, string, colon] = match;
    if (match.index > at) parts.push(text.slice(at, match.index));
    const color = string ? (colon ? "text-code-key" : "text-code-string") : "text-code-number";
    parts.push(
      <span key={match.index} className={color}>
        {token}
      </span>,
    );
    at = match.index + token.length;
  }
  parts.push(text.slice(at));
  return parts;
}
