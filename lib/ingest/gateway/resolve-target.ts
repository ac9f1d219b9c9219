import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { rememberOf } from "#lib/db/catalogue-memory.ts";
import { resolveDeployment, type Served } from "#lib/deployments/resolve-deployment.ts";
import { findVersionByModelName } from "#lib/models/queries.ts";
import type { GatewayCall } from "./read-call.ts";

/** What a call is served; `deployment` is null for a plain model. */
export type Target = Omit<Served, "deployment"> & { deployment: string | null };

/**
 * Finds what `model` means: the deployment of that name, else the model registered under it or under that name of
 * the provider's. Needs `deployments:invoke`. Throws `not_found` if it is neither.
 */
export async function resolveTarget(ctx: Context, call: GatewayCall): Promise<Target> {
  requireScope(ctx, "deployments:invoke");
  const served = await resolveDeployment(ctx, call.model, call);
  if (served) return served;
  const modelVersion = await rememberOf(ctx.projectId, `model ${call.model}`, () =>
    findVersionByModelName(ctx.projectId, call.model),
  );
  if (!modelVersion) {
    throw new AppError("not_found", `There is no deployment and no model "${call.model}" in this project.`, {
      issues: [{ path: "model", message: "Unknown deployment or model." }],
    });
  }
  return {
    deployment: null,
    promptVersion: null,
    modelVersion,
    parameters: {},
    assignment: null,
    retries: 0,
    fallbacks: [],
  };
}
