"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { LazyPart } from "../ui/lazy-part.tsx";
import type { SearchResources } from "./command-palette.tsx";
import { MobileDrawer } from "./mobile-drawer.tsx";
import { ProjectSwitcher, type ShellProject } from "./project-switcher.tsx";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { SideNav } from "./side-nav.tsx";
import { StemmaLogo } from "./stemma-logo.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";
import { useShellKeys } from "./use-shell-keys.ts";
import { type ShellUser, UserMenu } from "./user-menu.tsx";

type AppShellProps = {
  project: ShellProject;
  projects: readonly ShellProject[];
  user: ShellUser;
  searchResources: SearchResources;
  onSignOut: () => void;
  children: ReactNode;
};

const loadPalette = async () => (await import("./command-palette.tsx")).CommandPalette;

/** The frame of every page of a project: navigation at the left (a drawer on phones), palette, keys, and the page. */
export function AppShell({ project, projects, user, searchResources, onSignOut, children }: AppShellProps) {
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isShortcutsOpen, setShortcutsOpen] = useState(false);
  useShellKeys({
    slug: project.slug,
    onPalette: () => setPaletteOpen(true),
    onShortcuts: () => setShortcutsOpen(true),
  });

  const navigation = (
    <>
      <div className="flex items-center gap-1">
        <Link href={`/${project.slug}`} aria-label="Stemma, project home" className="rounded-md p-1.5">
          <StemmaLogo />
        </Link>
        <ProjectSwitcher current={project} projects={projects} />
      </div>
      <Button
        className="mt-2 mb-3 justify-start px-2 font-normal text-muted"
        onClick={() => setPaletteOpen(true)}
      >
        <Search aria-hidden="true" />
        Find
        <span className="ml-auto">
          <Kbd>⌘K</Kbd>
        </span>
      </Button>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <SideNav slug={project.slug} />
      </div>
      <div className="mt-2 flex items-center gap-1 border-t border-border pt-2">
        <UserMenu user={user} onShowShortcuts={() => setShortcutsOpen(true)} onSignOut={onSignOut} />
        <ThemeToggle />
      </div>
    </>
  );

  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-sm font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <aside
        className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r border-border bg-sunken p-3 md:flex"
        data-print="hide"
      >
        {navigation}
      </aside>
      <header
        className="sticky top-0 z-20 flex h-12 items-center gap-1 border-b border-border bg-bg px-2 md:hidden"
        data-print="hide"
      >
        <MobileDrawer>{navigation}</MobileDrawer>
        <span className="min-w-0 flex-1 truncate font-semibold">{project.name}</span>
        <Button variant="quiet" size="icon" aria-label="Find" onClick={() => setPaletteOpen(true)}>
          <Search aria-hidden="true" />
        </Button>
      </header>
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-hidden">
        <div className="mx-auto w-full max-w-[96rem] px-4 py-5 sm:px-8 sm:py-6">{children}</div>
      </main>
      {isPaletteOpen && (
        <LazyPart
          load={loadPalette}
          fallback={null}
          props={{
            project,
            projects,
            isOpen: isPaletteOpen,
            onOpenChange: setPaletteOpen,
            searchResources,
            onShowShortcuts: () => setShortcutsOpen(true),
          }}
        />
      )}
      <ShortcutsDialog isOpen={isShortcutsOpen} onOpenChange={setShortcutsOpen} />
    </div>
  );
}
