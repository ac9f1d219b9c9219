"use client";

import { Menu as BaseMenu } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";

type MenuProps = {
  /** The element that opens it, usually a `<Button>`. */
  trigger: ReactElement;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom" | "left" | "right";
  className?: string;
  children: ReactNode;
};

/** A list of actions behind a button: fill it with MenuItem, MenuLink, MenuCheckbox, MenuLabel and MenuSeparator. */
export function Menu({ trigger, align = "start", side = "bottom", className, children }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner align={align} side={side} sideOffset={4} className="z-50 outline-hidden">
          <BaseMenu.Popup className={classNames(popupClass, "min-w-44", className)}>
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

type MenuItemProps = {
  onSelect?: () => void;
  icon?: ReactNode;
  /** Shown at the end, e.g. `<Kbd>⌘S</Kbd>`. */
  end?: ReactNode;
  isDanger?: boolean;
  isDisabled?: boolean;
  children: ReactNode;
};

export function MenuItem({ onSelect, icon, end, isDanger, isDisabled, children }: MenuItemProps) {
  return (
    <BaseMenu.Item
      onClick={onSelect}
      disabled={isDisabled}
      className={classNames(itemClass, isDanger && "text-harm")}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {end}
    </BaseMenu.Item>
  );
}

type MenuLinkProps = { href: string; icon?: ReactNode; end?: ReactNode; children: ReactNode };

export function MenuLink({ href, icon, end, children }: MenuLinkProps) {
  return (
    <BaseMenu.LinkItem render={<Link href={href} />} closeOnClick className={itemClass}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {end}
    </BaseMenu.LinkItem>
  );
}

type MenuCheckboxProps = {
  isChecked: boolean;
  onCheckedChange: (isChecked: boolean) => void;
  isDisabled?: boolean;
  children: ReactNode;
};

/** Stays open when pressed, so that several can be set at once. */
export function MenuCheckbox({ isChecked, onCheckedChange, isDisabled, children }: MenuCheckboxProps) {
  return (
    <BaseMenu.CheckboxItem
      checked={isChecked}
      onCheckedChange={onCheckedChange}
      disabled={isDisabled}
      className={itemClass}
    >
      <span className="inline-flex size-4 items-center justify-center">
        <BaseMenu.CheckboxItemIndicator>
          <Check className="size-3.5 text-accent" aria-hidden="true" />
        </BaseMenu.CheckboxItemIndicator>
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </BaseMenu.CheckboxItem>
  );
}

/** A titled group of items. */
export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <BaseMenu.Group>
      <BaseMenu.GroupLabel className="px-2 pt-1.5 pb-1 text-xs text-muted">{label}</BaseMenu.GroupLabel>
      {children}
    </BaseMenu.Group>
  );
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="-mx-1 my-1 h-px bg-border" />;
}

export const popupClass =
  "origin-[var(--transform-origin)] rounded-lg border border-border bg-surface p-1 text-sm text-text shadow-lift outline-hidden transition-[opacity,scale] duration-120 data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0";

export const itemClass =
  "flex min-h-7 pointer-coarse:min-h-10 cursor-default items-center gap-2 rounded-md px-2 py-1 text-sm outline-hidden select-none data-highlighted:bg-hover data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0";
