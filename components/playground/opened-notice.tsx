"use client";

import { X } from "lucide-react";
import { Button } from "../ui/button.tsx";

type OpenedNoticeProps = { notes: readonly string[]; onBack: (() => void) | null; onClose: () => void };

/** What is to be known about what a link opened, and the way back. */
export function OpenedNotice({ notes, onBack, onClose }: OpenedNoticeProps) {
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-sunken py-1 pr-1 pl-3 text-sm">
      <div className="min-w-0 flex-1 basis-56">
        {notes.length > 0 ? (
          <ul className="flex flex-col gap-1 py-1">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        ) : (
          "Opened from a link."
        )}
      </div>
      {onBack && (
        <Button size="sm" variant="quiet" onClick={onBack}>
          Go back to what was here before
        </Button>
      )}
      <Button size="icon" variant="quiet" aria-label="Close this note" onClick={onClose}>
        <X aria-hidden="true" />
      </Button>
    </div>
  );
}
