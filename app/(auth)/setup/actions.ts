"use server";

import { openAction } from "#lib/http/action.ts";
import { setUp, setUpInput } from "#lib/projects/set-up.ts";

export const makeOwner = openAction(setUpInput, async (input) => {
  const { project, key } = await setUp(input);
  return { slug: project.slug, publicKey: key.publicKey, secretKey: key.secretKey };
});
