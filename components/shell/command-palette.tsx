"use client";

import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import type { FoundResource } from "#lib/projects/search-resources.ts";
import { useStoredState } from "../ui/use-stored-state.ts";
import { destinations, projectPath } from "./destinations.ts";
import type { ShellProject } from "./project-switcher.tsx";

/** Resolves to null when the search failed. */
export type SearchResources = (text: string) => Promise<FoundResource[] | null>;

type CommandPaletteProps = {
  project: ShellProject;
  projects: readonly ShellProject[];
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  searchResources: SearchResources;
  onShowShortcuts: () => void;
};

/** ⌘K: every place, every named thing of the project, the other projects, and what was opened last. */
export function CommandPalette(props: CommandPaletteProps) {
  return (
    <BaseDialog.Root open={props.isOpen} onOpenChange={props.onOpenChange}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 min-h-dvh bg-shade" />
        <BaseDialog.Popup className="fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg border border-border bg-surface shadow-lift outline-hidden">
          <BaseDialog.Title className="sr-only">Find or go to anything</BaseDialog.Title>
          <Palette {...props} />
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

function Palette({ project, projects, onOpenChange, searchResources, onShowShortcuts }: CommandPaletteProps) {
  const router = useRouter();
  const [text, setText] = useState("");
  const { found, isFailed } = useFound(text, searchResources);
  const [recents, setRecents] = useStoredState<FoundResource[]>(
    `recents:${project.slug}`,
    [],
    isResourceList,
  );

  function go(href: string) {
    onOpenChange(false);
    router.push(href);
  }

  function open(resource: FoundResource) {
    setRecents([resource, ...recents.filter((each) => each.path !== resource.path)].slice(0, 6));
    go(projectPath(project.slug, resource.path));
  }

  return (
    <Command label="Find or go to anything" loop shouldFilter>
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder="Find a prompt, dataset, test, trace id… or go to a page"
        className="h-11 w-full border-b border-border bg-transparent px-4 text-base outline-hidden"
      />
      <Command.List className="max-h-[50dvh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-sm text-muted">
          {isFailed ? "The search could not be made. Try again in a moment." : `Nothing is called “${text}”.`}
        </Command.Empty>
        {text === "" && recents.length > 0 && (
          <PaletteGroup heading="Opened last">
            {recents.map((resource) => (
              <ResourceItem
                key={`recent-${resource.path}`}
                prefix="recent"
                resource={resource}
                onOpen={open}
              />
            ))}
          </PaletteGroup>
        )}
        {found.length > 0 && (
          <PaletteGroup heading="In this project">
            {found.map((resource) => (
              <ResourceItem
                key={`${resource.kind}-${resource.path}-${resource.name}`}
                prefix={text}
                resource={resource}
                onOpen={open}
              />
            ))}
          </PaletteGroup>
        )}
        <PaletteGroup heading="Go to">
          {destinations.map(({ label, path, icon: Icon, key }) => (
            <Command.Item
              key={path}
              value={`go to ${label}`}
              onSelect={() => go(projectPath(project.slug, path))}
              className={itemClass}
            >
              <Icon className="text-muted" aria-hidden="true" />
              <span className="flex-1">{label}</span>
              <span className="text-xs text-muted">g {key}</span>
            </Command.Item>
          ))}
          <Command.Item
            value="keyboard shortcuts"
            onSelect={() => {
              onOpenChange(false);
              onShowShortcuts();
            }}
            className={itemClass}
          >
            <span className="flex-1 pl-6.5">Keyboard shortcuts</span>
            <span className="text-xs text-muted">?</span>
          </Command.Item>
        </PaletteGroup>
        {projects.length > 1 && (
          <PaletteGroup heading="Switch project">
            {projects
              .filter((each) => each.slug !== project.slug)
              .map((each) => (
                <Command.Item
                  key={each.slug}
                  value={`project ${each.name} ${each.slug}`}
                  onSelect={() => go(`/${each.slug}`)}
                  className={itemClass}
                >
                  <span className="pl-6.5">{each.name}</span>
                </Command.Item>
              ))}
          </PaletteGroup>
        )}
      </Command.List>
    </Command>
  );
}

function PaletteGroup({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

type ResourceItemProps = {
  resource: FoundResource;
  /** The server matched by its own rules: carrying the text keeps cmdk from filtering the answer away. */
  prefix: string;
  onOpen: (resource: FoundResource) => void;
};

function ResourceItem({ resource, prefix, onOpen }: ResourceItemProps) {
  return (
    <Command.Item
      value={`${prefix} ${resource.name} ${resource.kind} ${resource.path}`}
      onSelect={() => onOpen(resource)}
      className={itemClass}
    >
      <span className="min-w-0 flex-1 truncate font-medium">{resource.name}</span>
      <span className="text-xs text-muted">{kindNames[resource.kind]}</span>
    </Command.Item>
  );
}

/** Asks 120 ms after the last key; an older answer never replaces a newer one. */
function useFound(text: string, search: SearchResources) {
  const [answer, setAnswer] = useState<{ found: FoundResource[]; isFailed: boolean }>(nothing);

  useEffect(() => {
    if (text.trim() === "") {
      setAnswer(nothing);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const found = await search(text);
      if (isCurrent) setAnswer({ found: found ?? [], isFailed: found === null });
    }, 120);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text, search]);

  return answer;
}

const nothing = { found: [], isFailed: false };

const kindNames: Record<FoundResource["kind"], string> = {
  prompt: "Prompt",
  dataset: "Dataset",
  evaluation: "Evaluation",
  ab_test: "A/B test",
  deployment: "Deployment",
  model: "Model",
  trace: "Trace",
};

function isResourceList(value: unknown): value is FoundResource[] {
  return (
    Array.isArray(value) &&
    value.every(
      (each) => typeof each?.name === "string" && typeof each.path === "string" && each.kind in kindNames,
    )
  );
}

const itemClass =
  "flex h-8 cursor-default items-center gap-2.5 rounded-md px-2 text-sm select-none data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 pointer-coarse:h-11";
