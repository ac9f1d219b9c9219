"use client";

import { useRouter } from "next/navigation";
import { type DeploymentChoices, DeploymentDialog } from "#components/deployments/deployment-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { saveDeployment } from "./actions.ts";

export function NewDeployment({ slug, choices }: { slug: string; choices: DeploymentChoices }) {
  const router = useRouter();
  return (
    <DeploymentDialog
      choices={choices}
      onSave={saveDeployment.bind(null, slug)}
      onSaved={({ name }) => router.push(`/${slug}/deployments/${encodeURIComponent(name)}`)}
      trigger={<Button variant="primary">Create deployment</Button>}
    />
  );
}
