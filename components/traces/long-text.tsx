"use client";

import { type ReactNode, useState } from "react";
import { formatCount } from "#components/ui/format.ts";

type LongTextProps = {
  text: string;
  /** Characters shown at first. */
  limit: number;
  children: (shown: string) => ReactNode;
};

/** Shows the beginning of a long text and the rest when asked: a megabyte must not freeze the page. */
export function LongText({ text, limit, children }: LongTextProps) {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= limit * 1.25) return <>{children(text)}</>;
  return (
    <>
      {children(isWhole ? text : `${text.slice(0, limit)}…`)}
      <button type="button" className="link mt-1 text-xs" onClick={() => setWhole(!isWhole)}>
        {isWhole ? "Show less" : `Show all ${formatCount(text.length)} characters`}
      </button>
    </>
  );
}
