"use server";

import { action } from "#lib/http/action.ts";
import { searchResources, searchResourcesInput } from "#lib/projects/search-resources.ts";

export const findResources = action(searchResourcesInput, searchResources);
