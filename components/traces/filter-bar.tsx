"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { ListFilter, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { controlClass } from "#components/ui/input.tsx";
import { isPageKey } from "#components/ui/keyboard.ts";
import { itemClass, popupClass } from "#components/ui/menu.tsx";
import { distinctTerms, type FilterProblem, parseFilter, withoutTerm } from "./filter-language.ts";
import { type FilterFacets, type FilterSuggestion, suggestFilter } from "./suggest-filter.ts";
import { type LoadValues, useFilterValues } from "./use-filter-values.ts";

type FilterBarProps = {
  /** The filter in force, in the filter language. */
  value: string;
  onChange: (filter: string) => void;
  facets: FilterFacets;
  /** More values of a field, as one types. */
  loadValues?: LoadValues;
  placeholder?: string;
};

/**
 * The terms in force as chips, and a line for the next one. Enter adds it; Backspace in the empty line takes the last
 * term back for editing; / comes here from anywhere on the page. What can't be read is said, with what was meant.
 */
export function FilterBar({ value, onChange, facets, loadValues, placeholder }: FilterBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState("");
  const [isOpen, setOpen] = useState(false);
  const highlighted = useRef<FilterSuggestion>(undefined);
  const [problems, setProblems] = useState<FilterProblem[]>([]);
  const applied = parseFilter(value);
  const suggestions = suggestFilter(draft, useFilterValues(draft, facets, loadValues));
  const shownProblems = problems.length > 0 ? problems : applied.problems;

  useEffect(() => {
    // In the capture phase: the table below also takes the slash, for a search box of its own.
    const focusOnSlash = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "/" || !isPageKey(event)) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", focusOnSlash, true);
    return () => window.removeEventListener("keydown", focusOnSlash, true);
  }, []);

  function apply(text: string) {
    const parsed = parseFilter(text);
    setProblems(parsed.problems);
    setOpen(false);
    if (parsed.problems.length > 0 || text.trim() === "") return;
    setDraft("");
    onChange(`${value} ${text.trim()}`.trim());
  }

  function take(next: string) {
    setDraft(next);
    const chosen = suggestions.find((each) => each.text === next);
    if (chosen?.isComplete) apply(next);
    else setTimeout(() => setOpen(true), 0);
  }

  function correct(problem: FilterProblem) {
    if (problem.suggestion === null) return;
    const isDraft = problems.includes(problem);
    const whole = isDraft ? draft : value;
    const corrected = `${whole.slice(0, problem.from)}${problem.suggestion}${whole.slice(problem.to)}`;
    if (isDraft) apply(corrected);
    else onChange(corrected);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    // With a suggestion highlighted Enter takes that; the list handles it.
    if (event.key === "Enter" && !highlighted.current) {
      event.preventDefault();
      apply(draft);
      return;
    }
    if (event.key === "Backspace" && draft === "" && value !== "") {
      const last = distinctTerms(applied.terms).at(-1);
      event.preventDefault();
      setDraft(last?.source ?? value);
      onChange(last ? withoutTerm(value, last) : "");
    } else if (event.key === "Escape" && !isOpen) {
      setProblems([]);
      input.current?.blur();
    }
  }

  return (
    <search className="order-last min-w-full flex-1 sm:order-none sm:min-w-0">
      <Autocomplete.Root
        items={suggestions}
        itemToStringValue={(item: FilterSuggestion) => item.text}
        mode="none"
        value={draft}
        onValueChange={(next, details) => {
          setProblems([]);
          if (details.reason === "item-press") take(next);
          else setDraft(next);
        }}
        open={isOpen && suggestions.length > 0}
        onOpenChange={setOpen}
        onItemHighlighted={(item) => {
          highlighted.current = item;
        }}
        openOnInputClick
      >
        <Autocomplete.InputGroup
          className={classNames(
            controlClass,
            "flex min-h-8 flex-wrap items-center gap-1 px-2 py-[3px] focus-within:border-accent focus-within:outline-1 focus-within:-outline-offset-1 focus-within:outline-accent",
            shownProblems.length > 0 && "border-harm",
          )}
        >
          <ListFilter className="size-4 shrink-0 text-muted" aria-hidden="true" />
          {distinctTerms(applied.terms).map((term) => (
            <span
              key={term.from}
              className="inline-flex h-6 max-w-full items-center rounded-sm bg-hover pl-1.5 font-mono text-xs"
            >
              <span className="truncate">{term.source}</span>
              <button
                type="button"
                aria-label={`Remove ${term.source}`}
                onClick={() => onChange(withoutTerm(value, term))}
                className="ml-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:text-text"
              >
                <X className="size-3" aria-hidden="true" />
              </button>
            </span>
          ))}
          <Autocomplete.Input
            ref={input}
            aria-label="Filter traces"
            aria-invalid={shownProblems.length > 0 || undefined}
            aria-describedby={shownProblems.length > 0 ? "filter-problems" : undefined}
            placeholder={
              value === ""
                ? (placeholder ?? "Filter: status:error latency>2s “free text” ( / )")
                : "Add a filter"
            }
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            enterKeyHint="search"
            onKeyDown={onKeyDown}
            className="h-6 min-w-40 flex-1 bg-transparent px-1 text-sm outline-hidden pointer-coarse:text-[16px]"
          />
          {value !== "" && (
            <button
              type="button"
              onClick={() => onChange("")}
              className="h-6 shrink-0 rounded-sm px-1.5 text-xs text-muted hover:text-text"
            >
              Clear
            </button>
          )}
        </Autocomplete.InputGroup>
        <Autocomplete.Portal>
          <Autocomplete.Positioner align="start" sideOffset={4} className="z-50 outline-hidden">
            <Autocomplete.Popup className={classNames(popupClass, "w-[min(28rem,calc(100vw-2rem))]")}>
              <Autocomplete.List className="max-h-[min(20rem,var(--available-height))] overflow-y-auto">
                {(item: FilterSuggestion) => (
                  <Autocomplete.Item key={item.term} value={item} className={itemClass}>
                    <code className="truncate text-xs">{item.term}</code>
                    <span className="flex-1" />
                    <span className="truncate text-xs text-muted">{item.hint}</span>
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
      {shownProblems.length > 0 && (
        <ul id="filter-problems" role="alert" className="mt-1 text-xs text-harm">
          {shownProblems.map((problem) => (
            <li key={`${problem.from}${problem.message}`}>
              {problem.message}{" "}
              {problem.suggestion !== null && (
                <>
                  Did you mean{" "}
                  <button type="button" className="link font-mono" onClick={() => correct(problem)}>
                    {problem.suggestion}
                  </button>
                  ?
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
