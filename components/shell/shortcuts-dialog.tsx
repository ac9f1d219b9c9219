"use client";

import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { destinations } from "./destinations.ts";

type ShortcutsDialogProps = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** All keys, in the place where ? is pressed. */
export function ShortcutsDialog({ isOpen, onOpenChange }: ShortcutsDialogProps) {
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onOpenChange={onOpenChange} width="lg">
      <div className="grid gap-x-10 gap-y-6 pb-4 sm:grid-cols-2">
        <KeyGroup
          title="Go to"
          rows={destinations.map((place) => ({ label: place.label, keys: ["g", place.key] }))}
        />
        <div className="flex flex-col gap-6">
          <KeyGroup title="Anywhere" rows={anywhere} />
          <KeyGroup title="In a list" rows={inList} />
          <KeyGroup title="In the playground" rows={inPlayground} />
        </div>
      </div>
    </Dialog>
  );
}

type KeyRow = { label: string; keys: readonly string[] };

function KeyGroup({ title, rows }: { title: string; rows: readonly KeyRow[] }) {
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      <dl>
        {rows.map((row) => (
          <div
            key={row.label}
            className="flex items-center justify-between gap-4 border-t border-border py-1.5"
          >
            <dt>{row.label}</dt>
            <dd className="flex gap-1">
              {row.keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const anywhere: readonly KeyRow[] = [
  { label: "Find or go to anything", keys: ["⌘ K", "⌘ ⇧ P", "Ctrl K"] },
  { label: "These shortcuts", keys: ["?"] },
  { label: "Close what is in front", keys: ["Esc"] },
];

const inList: readonly KeyRow[] = [
  { label: "Next, previous row", keys: ["j", "k"] },
  { label: "Open the row", keys: ["Enter"] },
  { label: "Select the row", keys: ["x"] },
  { label: "Search", keys: ["/"] },
];

const inPlayground: readonly KeyRow[] = [
  { label: "Run all", keys: ["⌘ ↵"] },
  { label: "Run the column", keys: ["⌘ ⇧ ↵"] },
  { label: "Stop", keys: ["⌘ ."] },
  { label: "Next, previous column", keys: ["alt →", "alt ←"] },
];
