"use client";

import { Eye, EyeOff, Play, Plus, Square } from "lucide-react";
import { useState } from "react";
import type { RunEstimate } from "#lib/playground/estimate-run.ts";
import type { PlaygroundSetup } from "#lib/playground/schema.ts";
import { columnLimit, sampleLimit } from "#lib/playground/words.ts";
import { Button } from "../ui/button.tsx";
import { countOf, formatUsd } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { Select } from "../ui/select.tsx";
import { type AnswerViewName, answerViews } from "./answer-view.tsx";

type RunBarProps = {
  setup: PlaygroundSetup;
  calls: number;
  estimate: RunEstimate | null;
  isRunning: boolean;
  /** Why nothing can be run; null if it can. */
  obstacle: string | null;
  view: AnswerViewName;
  baselineId: string | null;
  arePromptsHidden: boolean;
  canKeep: boolean;
  onChange: (part: Partial<PlaygroundSetup>) => void;
  onRun: () => void;
  onStop: () => void;
  onAddColumn: () => void;
  onView: (view: AnswerViewName) => void;
  onBaseline: (columnId: string | null) => void;
  onHidePrompts: (areHidden: boolean) => void;
  onKeep: () => void;
  onEvaluate: () => void;
};

/** How often, with which seed, how the answers are shown; run and stop. Stays in sight. */
export function RunBar(props: RunBarProps) {
  const [isWhole, setWhole] = useState(false);
  const { setup, calls, estimate, isRunning, obstacle, onChange } = props;
  const { samples, seed, columns } = setup;
  return (
    <div
      role="toolbar"
      aria-label="Run"
      className="sticky top-12 z-10 -mx-4 flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-border bg-bg px-4 py-2 sm:-mx-8 sm:px-8 md:top-0"
    >
      <div className="flex items-center gap-2 max-md:w-full">
        {isRunning ? (
          <Button onClick={props.onStop} title="⌘.">
            <Square aria-hidden="true" />
            Stop all
          </Button>
        ) : (
          <Button
            variant="primary"
            disabled={obstacle !== null}
            title={obstacle ?? "⌘↵"}
            onClick={props.onRun}
          >
            <Play aria-hidden="true" />
            Run {countOf(calls, "call")}
          </Button>
        )}
        <span className="text-xs whitespace-nowrap text-muted tabular-nums">
          {obstacle ?? costText(estimate)}
        </span>
        <Button
          variant="quiet"
          className="ml-auto md:hidden"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          Options
        </Button>
      </div>
      <span className="hidden flex-1 lg:block" />
      {/* On a narrow page the bar must not cover the answers: the rest of it is asked for. */}
      <div className={isWhole ? "contents" : "contents max-md:hidden"}>
        <div className="flex items-center gap-1.5 text-sm text-muted">
          <span aria-hidden="true">Samples</span>
          <Input
            aria-label="Samples per cell"
            type="number"
            min={1}
            max={sampleLimit}
            className="max-w-16"
            value={String(samples)}
            onValueChange={(text) => {
              const count = Number(text);
              if (Number.isInteger(count) && count >= 1 && count <= sampleLimit) onChange({ samples: count });
            }}
          />
        </div>
        <div className="flex items-center gap-1.5">
          <Select
            aria-label="Seed"
            className="max-w-36"
            options={seeds}
            value={seed.mode}
            onValueChange={(mode) => onChange({ seed: { ...seed, mode } })}
          />
          {seed.mode !== "own" && (
            <Input
              type="number"
              aria-label="Seed's value"
              min={0}
              className="max-w-20"
              value={String(seed.value)}
              onValueChange={(text) => {
                const value = Number(text);
                if (Number.isInteger(value) && value >= 0 && value <= 2_000_000_000)
                  onChange({ seed: { ...seed, value } });
              }}
            />
          )}
        </div>
        <Select
          aria-label="Show answers as"
          className="max-w-28"
          options={answerViews.map((value) => ({ value, label: viewNames[value] }))}
          value={props.view}
          onValueChange={props.onView}
        />
        {columns.length > 1 && (
          <Select
            aria-label="Compare answers with"
            className="max-w-36"
            options={[
              { value: "none", label: "No comparison" },
              ...columns.map((column, index) => ({ value: column.id, label: `Against ${"ABCDEF"[index]}` })),
            ]}
            value={props.baselineId ?? "none"}
            onValueChange={(id) => props.onBaseline(id === "none" ? null : id)}
          />
        )}
        <div className="flex items-center gap-2">
          <Button
            variant="quiet"
            size="icon"
            aria-label={props.arePromptsHidden ? "Show the prompts" : "Hide the prompts"}
            title={props.arePromptsHidden ? "Show the prompts" : "Hide the prompts"}
            onClick={() => props.onHidePrompts(!props.arePromptsHidden)}
          >
            {props.arePromptsHidden ? <Eye aria-hidden="true" /> : <EyeOff aria-hidden="true" />}
          </Button>
          <Button disabled={columns.length >= columnLimit} onClick={props.onAddColumn}>
            <Plus aria-hidden="true" />
            Add column
          </Button>
          {props.canKeep && (
            <Menu align="end" trigger={<Button>Keep…</Button>}>
              <MenuItem onSelect={props.onKeep}>Keep answers as dataset items…</MenuItem>
              <MenuItem onSelect={props.onEvaluate}>Evaluate these columns…</MenuItem>
            </Menu>
          )}
        </div>
      </div>
    </div>
  );
}

function costText(estimate: RunEstimate | null): string {
  if (!estimate || estimate.calls === 0) return "";
  return estimate.costUsd === null ? "cost unknown" : `≈ ${formatUsd(estimate.costUsd)}`;
}

const viewNames: Record<AnswerViewName, string> = {
  text: "Text",
  markdown: "Markdown",
  json: "JSON",
  raw: "Raw",
};

const seeds = [
  { value: "own", label: "Prompt's seed", hint: "As the prompt or the model says" },
  { value: "fixed", label: "Fixed seed", hint: "The same for every sample" },
  { value: "varied", label: "Varied seed", hint: "One more for each sample" },
] as const;
