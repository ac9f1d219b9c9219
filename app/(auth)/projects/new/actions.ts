"use server";

import { openAction } from "#lib/http/action.ts";
import { requireUser } from "#lib/http/page.ts";
import { createProject, createProjectInput } from "#lib/projects/create-project.ts";

export const makeProject = openAction(createProjectInput, async (input) => {
  const { slug } = await createProject(await requireUser(), input);
  return { slug };
});
