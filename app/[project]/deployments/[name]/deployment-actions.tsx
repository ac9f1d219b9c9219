"use client";

import { useRouter } from "next/navigation";
import { type DeploymentChoices, DeploymentDialog } from "#components/deployments/deployment-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { Deployment } from "#lib/deployments/schema.ts";
import { deleteDeployment, saveDeployment } from "../actions.ts";

type DeploymentActionsProps = { slug: string; deployment: Deployment; choices: DeploymentChoices };

export function DeploymentActions({ slug, deployment, choices }: DeploymentActionsProps) {
  const router = useRouter();
  const { name } = deployment;

  async function remove() {
    const result = await deleteDeployment(slug, { name });
    if (!result.ok) return result.error.message;
    showToast(`Deleted the deployment “${name}”`);
    router.push(`/${slug}/deployments`);
    return null;
  }

  return (
    <>
      <ConfirmDialog
        title={`Delete “${name}”?`}
        consequence={`Every call that sends “${name}” as its model is answered 404 from now on. Traces stay.`}
        confirmLabel="Delete deployment"
        typeToConfirm={name}
        onConfirm={remove}
        trigger={<Button variant="danger">Delete</Button>}
      />
      <DeploymentDialog
        deployment={deployment}
        choices={choices}
        onSave={saveDeployment.bind(null, slug)}
        onSaved={() => showToast(`Saved the deployment “${name}”`)}
        trigger={<Button>Edit</Button>}
      />
    </>
  );
}
