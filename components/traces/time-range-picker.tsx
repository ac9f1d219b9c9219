"use client";

import { Popover } from "@base-ui/react/popover";
import { Clock } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { itemClass, popupClass } from "#components/ui/menu.tsx";
import {
  parseTimeRange,
  type TimeRange,
  timeBounds,
  timeRangeLabel,
  timeRangePresets,
} from "./time-range.ts";

type TimeRangePickerProps = { value: TimeRange; onChange: (range: TimeRange) => void };

/** Presets, a typed duration ("25m", "last 2 hours"), or exact bounds in local time. */
export function TimeRangePicker({ value, onChange }: TimeRangePickerProps) {
  const [isOpen, setOpen] = useState(false);

  function choose(range: TimeRange | null) {
    if (!range) return;
    setOpen(false);
    onChange(range);
  }

  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger render={<Button aria-label={`Time range: ${timeRangeLabel(value)}`} />}>
        <Clock aria-hidden="true" />
        {timeRangeLabel(value)}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner align="end" sideOffset={4} className="z-50 outline-hidden">
          <Popover.Popup className={`${popupClass} w-72`}>
            <Popover.Title className="sr-only">Time range</Popover.Title>
            {timeRangePresets.map((preset) => (
              <button
                key={preset.value}
                type="button"
                className={`${itemClass} w-full hover:bg-hover`}
                onClick={() => choose(parseTimeRange({ range: preset.value }))}
              >
                {preset.label}
              </button>
            ))}
            <TypedRange onChoose={choose} />
            <ExactRange value={value} onChoose={choose} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

type Choose = (range: TimeRange | null) => void;

function TypedRange({ onChoose }: { onChoose: Choose }) {
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  return (
    <form
      className="-mx-1 mt-1 border-t border-border px-3 pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        const range = parseTimeRange({ range: text });
        if (range) onChoose(range);
        else setError("Write a duration: 25m, 2 hours, 3 days.");
      }}
    >
      <Field label="Duration" error={error}>
        <Input
          value={text}
          onValueChange={(next) => {
            setText(next);
            setError(null);
          }}
          placeholder="25m, last 2 hours, 3 days"
          autoComplete="off"
        />
      </Field>
    </form>
  );
}

function ExactRange({ value, onChoose }: { value: TimeRange; onChoose: Choose }) {
  const [nowMs] = useState(() => Date.now());
  const bounds = timeBounds(value, nowMs);
  const [from, setFrom] = useState(localText(bounds.fromMs ?? nowMs - 3_600_000));
  const [to, setTo] = useState(localText(bounds.toMs ?? nowMs));
  const range = parseTimeRange({ from: isoText(from), to: isoText(to) });
  return (
    <form
      className="flex flex-col gap-2 px-2 py-2"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(range);
      }}
    >
      <Field label="From">
        <Input type="datetime-local" value={from} onValueChange={setFrom} />
      </Field>
      <Field label="To" error={range ? null : "It must end after it begins."}>
        <Input type="datetime-local" value={to} onValueChange={setTo} />
      </Field>
      <Button type="submit" disabled={!range} className="self-end">
        Show these
      </Button>
    </form>
  );
}

/** Local wall time to the minute, as a datetime-local input holds it. */
function localText(ms: number): string {
  const at = new Date(ms);
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

function isoText(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? "unreadable" : at.toISOString();
}
