"use client";

import { Switch as BaseSwitch } from "@base-ui/react/switch";

type SwitchProps = {
  isChecked?: boolean;
  defaultChecked?: boolean;
  onCheckedChange?: (isChecked: boolean) => void;
  name?: string;
  isDisabled?: boolean;
  "aria-label"?: string;
};

/** On or off, taking effect at once. For a choice that a form saves later, use `Checkbox`. */
export function Switch({
  isChecked,
  defaultChecked,
  onCheckedChange,
  name,
  isDisabled,
  ...label
}: SwitchProps) {
  return (
    <BaseSwitch.Root
      {...label}
      checked={isChecked}
      defaultChecked={defaultChecked}
      onCheckedChange={onCheckedChange}
      name={name}
      disabled={isDisabled}
      className="inline-flex h-5 w-9 shrink-0 rounded-full border border-border-strong bg-sunken p-0.5 transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50"
    >
      <BaseSwitch.Thumb className="size-3.5 rounded-full bg-border-strong transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
    </BaseSwitch.Root>
  );
}
