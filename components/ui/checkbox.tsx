"use client";

import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";

type CheckboxProps = {
  isChecked?: boolean;
  defaultChecked?: boolean;
  /** Some of several are checked. */
  isMixed?: boolean;
  onCheckedChange?: (isChecked: boolean) => void;
  name?: string;
  value?: string;
  isDisabled?: boolean;
  /** Text beside the box; without it give `aria-label`. */
  label?: ReactNode;
  description?: ReactNode;
  "aria-label"?: string;
  tabIndex?: number;
};

export function Checkbox({
  isChecked,
  defaultChecked,
  isMixed,
  onCheckedChange,
  name,
  value,
  isDisabled,
  label,
  description,
  tabIndex,
  "aria-label": ariaLabel,
}: CheckboxProps) {
  const box = (
    <BaseCheckbox.Root
      aria-label={ariaLabel}
      checked={isChecked}
      defaultChecked={defaultChecked}
      indeterminate={isMixed}
      onCheckedChange={onCheckedChange}
      name={name}
      value={value}
      disabled={isDisabled}
      tabIndex={tabIndex}
      className="inline-flex size-4 align-middle shrink-0 items-center justify-center rounded-sm border border-border-strong bg-surface text-on-accent data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:opacity-50"
    >
      <BaseCheckbox.Indicator>
        {isMixed ? (
          <Minus className="size-3" strokeWidth={3} aria-hidden="true" />
        ) : (
          <Check className="size-3" strokeWidth={3} aria-hidden="true" />
        )}
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  );
  if (!label) return box;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the box inside
    <label className="flex items-start gap-2 text-sm *:first:mt-0.5">
      {box}
      <span>
        {label}
        {description && <span className="block text-xs text-muted">{description}</span>}
      </span>
    </label>
  );
}
