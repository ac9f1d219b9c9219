"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import type { ExplainedError } from "#lib/playground/explain-error.ts";
import { Button } from "../ui/button.tsx";
import { parameterNames } from "./settings-summary.ts";

type ErrorNoteProps = {
  slug: string;
  error: ExplainedError;
  canRun: boolean;
  onRunAgain: () => void;
  /** Takes the setting that the provider refuses out of the column. */
  onRemove: (parameter: NonNullable<ExplainedError["parameter"]>) => void;
};

/** What the provider said, as it said it, and the button that changes what is wrong. */
export function ErrorNote({ slug, error, canRun, onRunAgain, onRemove }: ErrorNoteProps) {
  const { kind, parameter, retryAfterS } = error;
  return (
    <div className="flex flex-col gap-2 rounded-md bg-harm-soft px-3 py-2 text-sm">
      <p className="break-words whitespace-pre-wrap text-harm">
        {error.status !== null && <code className="mr-2 text-xs font-semibold">{error.status}</code>}
        {error.message}
      </p>
      <p>{error.advice}</p>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {parameter && (
          <Button size="sm" onClick={() => onRemove(parameter)}>
            Remove {nameOf(parameter)}
          </Button>
        )}
        {(kind === "wrong_key" || kind === "unreachable" || kind === "no_credit") && (
          <Link href={`/${slug}/models`} className="link self-center">
            Open the connections
          </Link>
        )}
        {kind === "unknown_model" && (
          <Link href={`/${slug}/models`} className="link self-center">
            Open the models
          </Link>
        )}
        {canRun &&
          (kind === "rate_limited" ||
            kind === "provider_failed" ||
            kind === "unreachable" ||
            kind === "other") && <RetryButton afterS={retryAfterS} onRunAgain={onRunAgain} />}
      </div>
    </div>
  );
}

/** Counts down what the provider asked to wait; pressing earlier is allowed, the provider will say so again. */
function RetryButton({ afterS, onRunAgain }: { afterS: number | null; onRunAgain: () => void }) {
  const [leftS, setLeftS] = useState(Math.ceil(afterS ?? 0));
  useEffect(() => {
    if (leftS <= 0) return;
    const timer = setTimeout(() => setLeftS(leftS - 1), 1000);
    return () => clearTimeout(timer);
  }, [leftS]);
  return (
    <Button size="sm" onClick={onRunAgain}>
      Try again{leftS > 0 && ` (the provider asks for ${leftS} s)`}
    </Button>
  );
}

export function nameOf(parameter: NonNullable<ExplainedError["parameter"]>): string {
  if (parameter === "tools") return "the tools";
  if (parameter === "responseFormat") return "the answer format";
  return parameterNames[parameter];
}
