"use client";

import { Select as BaseSelect } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { controlClass } from "./input.tsx";
import { itemClass, popupClass } from "./menu.tsx";

export type SelectOption<V extends string> = {
  value: V;
  label: ReactNode;
  /** A second, muted line or word. */
  hint?: ReactNode;
  isDisabled?: boolean;
};

type SelectProps<V extends string> = {
  options: readonly SelectOption<V>[];
  value?: V | null;
  defaultValue?: V | null;
  onValueChange?: (value: V) => void;
  name?: string;
  placeholder?: string;
  /** Needed when no `Field` labels it. */
  "aria-label"?: string;
  isDisabled?: boolean;
  className?: string;
};

/** One choice out of a known list, by mouse, keys or typing its first letters. */
export function Select<V extends string>({
  options,
  value,
  defaultValue,
  onValueChange,
  name,
  placeholder = "Choose…",
  isDisabled,
  className,
  "aria-label": ariaLabel,
}: SelectProps<V>) {
  return (
    <BaseSelect.Root<V>
      items={options.map(({ value, label }) => ({ value, label }))}
      value={value}
      defaultValue={defaultValue}
      onValueChange={(next) => next !== null && onValueChange?.(next)}
      name={name}
      disabled={isDisabled}
    >
      <BaseSelect.Trigger
        aria-label={ariaLabel}
        className={classNames(
          controlClass,
          "flex h-8 cursor-default items-center justify-between gap-2 pr-2 pl-2.5 text-left select-none",
          className,
        )}
      >
        <BaseSelect.Value placeholder={placeholder} className="truncate data-placeholder:text-muted" />
        <BaseSelect.Icon>
          <ChevronsUpDown className="size-3.5 text-muted" aria-hidden="true" />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-hidden">
          <BaseSelect.Popup className={classNames(popupClass, "min-w-[var(--anchor-width)]")}>
            <BaseSelect.List className="max-h-[min(20rem,var(--available-height))] overflow-y-auto">
              {options.map((option) => (
                <BaseSelect.Item
                  key={option.value}
                  value={option.value}
                  disabled={option.isDisabled}
                  className={classNames(itemClass, "justify-between")}
                >
                  <span className="min-w-0">
                    <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                    {option.hint && <span className="block text-xs text-muted">{option.hint}</span>}
                  </span>
                  <BaseSelect.ItemIndicator>
                    <Check className="size-3.5 text-accent" aria-hidden="true" />
                  </BaseSelect.ItemIndicator>
                </BaseSelect.Item>
              ))}
            </BaseSelect.List>
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
