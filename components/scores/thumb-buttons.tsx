"use client";

import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { showError, showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/http/action.ts";
import type { Score } from "#lib/scores/schema.ts";

export type Thumb = { isGood: boolean; comment?: string };

type ThumbButtonsProps = {
  /** What is judged: "this span". */
  about: string;
  /** The person's own thumb about it. */
  given: Pick<Score, "value" | "comment"> | null;
  /** Null takes it back. */
  onGive: (thumb: Thumb | null) => Promise<ActionResult<unknown>>;
};

/** Thumbs in place: pressed again, one is taken back; once given, a line asks why. */
export function ThumbButtons({ about, given, onGive }: ThumbButtonsProps) {
  const known = typeof given?.value === "boolean" ? given.value : null;
  const [shown, setShown] = useState(known);
  const [isAsking, setAsking] = useState(false);
  const [comment, setComment] = useState("");

  useEffect(() => setShown(known), [known]);

  async function give(thumb: Thumb | null) {
    setShown(thumb?.isGood ?? null);
    const result = await onGive(thumb).catch(() => null);
    if (result?.ok) return true;
    setShown(known);
    setAsking(false);
    showError(result?.error.message ?? "The server could not be reached. Try again.");
    return false;
  }

  function press(isGood: boolean) {
    const isTaken = shown === isGood;
    setAsking(!isTaken);
    setComment(given?.comment ?? "");
    void give(isTaken ? null : { isGood, ...(given?.comment ? { comment: given.comment } : {}) });
  }

  return (
    <span className="flex flex-wrap items-center gap-1">
      {([true, false] as const).map((isGood) => (
        <Button
          key={String(isGood)}
          size="sm"
          aria-pressed={shown === isGood}
          aria-label={`${isGood ? "Good" : "Bad"}: ${about}`}
          title={`${shown === isGood ? "Take back" : isGood ? "Good" : "Bad"}`}
          onClick={() => press(isGood)}
          className={
            isGood
              ? "aria-pressed:border-better aria-pressed:text-better"
              : "aria-pressed:border-worse aria-pressed:text-worse"
          }
        >
          {isGood ? <ThumbsUp aria-hidden="true" /> : <ThumbsDown aria-hidden="true" />}
        </Button>
      ))}
      {isAsking && shown !== null && (
        <form
          className="flex items-center gap-1"
          onSubmit={async (event) => {
            event.preventDefault();
            const said = comment.trim();
            const isSaved = await give({ isGood: shown, ...(said === "" ? {} : { comment: said }) });
            if (!isSaved) return;
            setAsking(false);
            showToast("Comment saved");
          }}
        >
          <Input
            aria-label="Say why"
            placeholder="Say why (optional)"
            value={comment}
            onValueChange={setComment}
            maxLength={4000}
            autoFocus
            onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
          />
          <Button size="sm" type="submit">
            Save
          </Button>
        </form>
      )}
    </span>
  );
}
