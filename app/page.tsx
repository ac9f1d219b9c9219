import { redirect } from "next/navigation";
import { requireUser } from "#lib/http/page.ts";
import { listProjectsOf } from "#lib/projects/projects.ts";

/** There is no page above the projects: leads to the first one, or to making one. */
export default async function RootPage() {
  const user = await requireUser();
  const [first] = await listProjectsOf(user.id);
  redirect(first ? `/${first.slug}` : "/projects/new");
}
