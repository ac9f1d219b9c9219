"use client";

import { Tabs as BaseTabs } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type TabItem = {
  value: string;
  label: ReactNode;
  /** A count after the label. */
  count?: number;
  content: ReactNode;
};

type TabsProps = {
  items: readonly TabItem[];
  /** Says what the tabs choose between. */
  label: string;
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  className?: string;
};

/** Views of one thing, side by side. For pages of their own use `TabNav`, whose tabs are links. */
export function Tabs({ items, label, value, defaultValue, onValueChange, className }: TabsProps) {
  return (
    <BaseTabs.Root
      value={value}
      defaultValue={defaultValue ?? items[0]?.value}
      onValueChange={(next) => onValueChange?.(String(next))}
      className={className}
    >
      <BaseTabs.List
        aria-label={label}
        className="relative flex gap-1 overflow-x-auto border-b border-border [scrollbar-width:none]"
      >
        {items.map((item) => (
          <BaseTabs.Tab
            key={item.value}
            value={item.value}
            className={classNames(tabClass, "data-active:text-text")}
          >
            {item.label}
            {item.count !== undefined && (
              <span className="ml-1.5 text-xs text-muted tabular-nums">
                {item.count.toLocaleString("en")}
              </span>
            )}
          </BaseTabs.Tab>
        ))}
        <BaseTabs.Indicator className="absolute bottom-0 left-0 h-0.5 w-[var(--active-tab-width)] translate-x-[var(--active-tab-left)] bg-accent transition-all duration-140" />
      </BaseTabs.List>
      {items.map((item) => (
        <BaseTabs.Panel key={item.value} value={item.value} className="pt-4">
          {item.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}

export const tabClass =
  "inline-flex h-9 shrink-0 cursor-default items-center px-2.5 text-sm font-medium whitespace-nowrap text-muted transition-colors select-none hover:text-text -outline-offset-2";
