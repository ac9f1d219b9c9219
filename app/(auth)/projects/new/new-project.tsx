"use client";

import { useRouter } from "next/navigation";
import { NewProjectForm } from "#components/auth/new-project-form.tsx";
import { makeProject } from "./actions.ts";

export function NewProject() {
  const router = useRouter();
  return <NewProjectForm onCreate={makeProject} onDone={(slug) => router.push(`/${slug}`)} />;
}
