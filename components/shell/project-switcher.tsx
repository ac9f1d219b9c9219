"use client";

import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { Menu, MenuGroup, MenuLink, MenuSeparator } from "../ui/menu.tsx";

export type ShellProject = { slug: string; name: string };

type ProjectSwitcherProps = { current: ShellProject; projects: readonly ShellProject[] };

/** Names the project one is in and leads to the others. */
export function ProjectSwitcher({ current, projects }: ProjectSwitcherProps) {
  return (
    <Menu
      className="min-w-56"
      trigger={
        <Button variant="quiet" className="min-w-0 flex-1 justify-start px-2 text-text">
          <span className="truncate font-semibold">{current.name}</span>
          <ChevronsUpDown className="ml-auto text-muted" aria-hidden="true" />
          <span className="sr-only">, switch project</span>
        </Button>
      }
    >
      <MenuGroup label="Projects">
        {projects.map((project) => (
          <MenuLink
            key={project.slug}
            href={`/${project.slug}`}
            end={project.slug === current.slug && <Check className="text-accent" aria-label="current" />}
          >
            {project.name}
          </MenuLink>
        ))}
      </MenuGroup>
      <MenuSeparator />
      <MenuLink href="/projects/new" icon={<Plus aria-hidden="true" />}>
        New project
      </MenuLink>
    </Menu>
  );
}
