import type { DeploymentChoices } from "#components/deployments/deployment-dialog.tsx";
import { listAbTests } from "#lib/abtests/queries.ts";
import type { Context } from "#lib/core/context.ts";
import { listModelVersions } from "#lib/models/queries.ts";
import { listPrompts } from "#lib/prompts/list-prompts.ts";

/** What a deployment of this project can serve. */
export async function loadChoices(ctx: Context): Promise<DeploymentChoices> {
  const [tests, prompts, versions] = await Promise.all([
    listAbTests(ctx, { limit: 200 }),
    listPrompts(ctx, { limit: 1000 }),
    listModelVersions(ctx),
  ]);
  return {
    abTests: tests.data.map(({ key, name, status }) => ({ key, name, status })),
    prompts: prompts.data.map(({ name, labels }) => ({
      name,
      labels: labels.map((label) => ({ name: label.name, number: label.number })),
    })),
    modelVersions: versions
      .filter((version) => version.stage !== "Archived")
      .map(({ id, number, model, providerModel, connection }) => ({
        id,
        label: `${model.name} v${number} (${providerModel})`,
        isSimulated: connection.isSimulated,
      })),
  };
}
