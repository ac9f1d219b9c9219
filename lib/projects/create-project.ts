import { z } from "zod";
import { newId } from "#lib/core/ids.ts";
import { isUniqueViolation, prisma } from "#lib/db/prisma.ts";

export const createProjectInput = z.object({ name: z.string().trim().min(1, "Name the project.").max(80) });

/** A project with this person as its owner. Its slug is made from the name, numbered if taken. */
export async function createProject(
  owner: { id: string },
  input: z.infer<typeof createProjectInput>,
): Promise<{ id: string; slug: string; name: string }> {
  const base = slugOf(input.name);
  for (let attempt = 1; ; attempt++) {
    const slug = attempt === 1 ? base : `${base}-${attempt}`;
    try {
      const project = await prisma().project.create({
        data: {
          id: newId(),
          slug,
          name: input.name,
          members: { create: { userId: owner.id, role: "owner" } },
        },
      });
      return { id: project.id, slug: project.slug, name: project.name };
    } catch (error) {
      if (!isUniqueViolation(error, "slug") || attempt === 100) throw error;
    }
  }
}

/** First path segments that mean something else. */
const reserved = new Set([
  "api",
  "v1",
  "otel",
  "rehearsal",
  "sign-in",
  "setup",
  "invite",
  "projects",
  "health",
]);

function slugOf(name: string): string {
  const ascii = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const slug = ascii
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return slug === "" || reserved.has(slug) ? `project-${slug || "1"}` : slug;
}
