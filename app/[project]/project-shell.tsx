"use client";

import { type ReactNode, useCallback } from "react";
import { AppShell } from "#components/shell/app-shell.tsx";
import type { ShellProject } from "#components/shell/project-switcher.tsx";
import type { ShellUser } from "#components/shell/user-menu.tsx";
import { showError } from "#components/ui/toast.tsx";
import { signOut } from "../(auth)/auth-client.ts";
import { findResources } from "./actions.ts";

type ProjectShellProps = {
  project: ShellProject;
  projects: ShellProject[];
  user: ShellUser;
  children: ReactNode;
};

/** Gives the frame what it can do: search this project, and sign out. */
export function ProjectShell({ project, projects, user, children }: ProjectShellProps) {
  const search = useCallback(
    async (text: string) => {
      const result = await findResources(project.slug, { text });
      return result.ok ? result.data : null;
    },
    [project.slug],
  );

  async function leave() {
    if (await signOut()) window.location.assign("/sign-in");
    else showError("You are still signed in: the server could not be reached. Try again.");
  }

  return (
    <AppShell project={project} projects={projects} user={user} searchResources={search} onSignOut={leave}>
      {children}
    </AppShell>
  );
}
