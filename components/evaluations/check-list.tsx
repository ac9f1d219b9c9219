"use client";

import { type ReactNode, useState } from "react";
import { Checkbox } from "../ui/checkbox.tsx";
import { Input } from "../ui/input.tsx";

export type CheckGroup = {
  label: string;
  items: { id: string; label: ReactNode; description?: ReactNode }[];
};

type CheckListProps = {
  /** Names the list: "Prompt versions". */
  label: string;
  groups: readonly CheckGroup[];
  chosen: ReadonlySet<string>;
  onToggle: (id: string, isChosen: boolean) => void;
  empty: ReactNode;
  error?: string | null;
};

const longList = 8;

/** Several out of many, in named groups; long lists can be searched by the groups' names. */
export function CheckList({ label, groups, chosen, onToggle, empty, error }: CheckListProps) {
  const [search, setSearch] = useState("");
  const shown = groups.filter(
    (group) =>
      group.label.toLowerCase().includes(search.toLowerCase()) ||
      group.items.some((item) => chosen.has(item.id)),
  );
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      {groups.length > longList && (
        <Input
          value={search}
          onValueChange={setSearch}
          placeholder="Search by name"
          aria-label={`Search ${label.toLowerCase()}`}
          className="mb-2"
        />
      )}
      <div className="max-h-72 overflow-y-auto border-y border-border py-1">
        {groups.length === 0 && <p className="py-2 text-sm text-muted">{empty}</p>}
        {shown.map((group) => (
          <fieldset key={group.label} className="py-1" aria-label={group.label}>
            <div className="text-xs break-words text-muted">{group.label}</div>
            {group.items.map((item) => (
              <div key={item.id} className="py-0.5">
                <Checkbox
                  isChecked={chosen.has(item.id)}
                  onCheckedChange={(isChosen) => onToggle(item.id, isChosen)}
                  label={item.label}
                  description={item.description}
                />
              </div>
            ))}
          </fieldset>
        ))}
      </div>
      {error && <p className="mt-1 text-xs text-harm">{error}</p>}
    </fieldset>
  );
}
