import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard } from "#components/auth/auth-card.tsx";
import { requireUser } from "#lib/http/page.ts";
import { listProjectsOf } from "#lib/projects/projects.ts";
import { NewProject } from "./new-project.tsx";

export const metadata: Metadata = { title: "New project" };

export default async function NewProjectPage() {
  const user = await requireUser();
  const [first] = await listProjectsOf(user.id);
  return (
    <AuthCard
      title="New project"
      description="A project keeps its own prompts, data, tests, traces, members and keys."
    >
      <NewProject />
      {first && (
        <p className="mt-6 text-sm text-muted">
          Or go back to{" "}
          <Link href={`/${first.slug}`} className="link">
            {first.name}
          </Link>
          .
        </p>
      )}
    </AuthCard>
  );
}
