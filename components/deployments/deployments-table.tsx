import Link from "next/link";
import type { Deployment } from "#lib/deployments/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { ServedModel, ServedPrompt, ServedTest } from "./serves.tsx";

type DeploymentsTableProps = { slug: string; deployments: readonly Deployment[] };

export function DeploymentsTable({ slug, deployments }: DeploymentsTableProps) {
  return (
    <Table label="Deployments" className="min-w-[52rem]">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Prompt</Th>
          <Th>Model</Th>
          <Th>A/B test</Th>
          <Th>Changed</Th>
        </tr>
      </thead>
      <tbody>
        {deployments.map((deployment) => (
          <tr key={deployment.id}>
            <Td>
              <span className="flex items-center gap-2">
                <Link
                  className="font-medium hover:underline"
                  href={`/${slug}/deployments/${encodeURIComponent(deployment.name)}`}
                >
                  {deployment.name}
                </Link>
                {!deployment.isEnabled && <Badge tone="outline">disabled</Badge>}
              </span>
            </Td>
            <Td>
              <ServedPrompt slug={slug} deployment={deployment} />
            </Td>
            <Td>
              <ServedModel slug={slug} deployment={deployment} />
            </Td>
            <Td>
              <ServedTest slug={slug} deployment={deployment} />
            </Td>
            <Td className="whitespace-nowrap">
              <RelativeTime value={deployment.updatedAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
