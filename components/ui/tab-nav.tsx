"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "./class-names.ts";
import { tabClass } from "./tabs.tsx";

export type TabNavItem = { href: string; label: string; count?: number };

/** Tabs that are pages: the current one is found by its path, the longest match winning. */
export function TabNav({ label, items }: { label: string; items: readonly TabNavItem[] }) {
  const pathname = usePathname();
  const current = items
    .filter((item) => pathname === item.href || pathname.startsWith(`${item.href}/`))
    .sort((a, b) => b.href.length - a.href.length)[0];

  return (
    <nav
      aria-label={label}
      className="flex gap-1 overflow-x-auto border-b border-border [scrollbar-width:none]"
    >
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          aria-current={item === current ? "page" : undefined}
          className={classNames(
            tabClass,
            "border-b-2 border-transparent aria-[current=page]:border-accent aria-[current=page]:text-text",
          )}
        >
          {item.label}
          {item.count !== undefined && (
            <span className="ml-1.5 text-xs text-muted tabular-nums">{item.count.toLocaleString("en")}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}
