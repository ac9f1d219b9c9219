import type { Metadata } from "next";
import type { ReactNode } from "react";
import { requirePage } from "#lib/http/page.ts";
import { listProjectsOf } from "#lib/projects/projects.ts";
import { ProjectShell } from "./project-shell.tsx";

type ProjectLayoutProps = { params: Promise<{ project: string }>; children: ReactNode };

export async function generateMetadata({ params }: ProjectLayoutProps): Promise<Metadata> {
  const { project } = await requirePage((await params).project);
  return { title: { default: project.name, template: `%s · ${project.name} · Stemma` } };
}

export default async function ProjectLayout({ params, children }: ProjectLayoutProps) {
  const { project, user } = await requirePage((await params).project);
  const projects = await listProjectsOf(user.id);
  return (
    <ProjectShell
      project={{ slug: project.slug, name: project.name }}
      projects={projects.map(({ slug, name }) => ({ slug, name }))}
      user={{ name: user.name, email: user.email }}
    >
      {children}
    </ProjectShell>
  );
}
