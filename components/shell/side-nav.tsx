"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "../ui/class-names.ts";
import { destinations, projectPath } from "./destinations.ts";

/** The places of the project; the one that holds the current page is marked. */
export function SideNav({ slug }: { slug: string }) {
  const pathname = usePathname();
  const isCurrent = (path: string) => {
    const href = projectPath(slug, path);
    return pathname === href || (path !== "" && pathname.startsWith(`${href}/`));
  };

  return (
    <nav aria-label="Project">
      <ul className="flex flex-col gap-px">
        {destinations.map(({ label, path, icon: Icon, startsGroup }) => (
          <li key={path} className={classNames(startsGroup && "mt-3")}>
            <Link
              href={projectPath(slug, path)}
              aria-current={isCurrent(path) ? "page" : undefined}
              className="flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-text pointer-coarse:h-11"
            >
              <Icon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
