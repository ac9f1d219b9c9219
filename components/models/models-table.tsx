"use client";

import type { ActionResult } from "#lib/http/action.ts";
import type { Connection, Model, ModelVersion, Stage } from "#lib/models/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { formatParameters } from "./format-parameters.ts";
import { ModelVersionDialog, type NewVersion } from "./model-version-dialog.tsx";
import { SimulatedBadge } from "./simulated-badge.tsx";
import { type StageChange, StageDialog } from "./stage-dialog.tsx";

export type ModelActions = {
  onSaveVersion: (input: NewVersion) => Promise<ActionResult<ModelVersion>>;
  onChangeStage: (input: StageChange) => Promise<ActionResult<unknown>>;
};

type ModelsTableProps = {
  models: readonly Model[];
  connections: readonly Connection[];
  /** Absent for those who may only look. */
  actions?: ModelActions;
};

/** Every model with its versions, the newest first. */
export function ModelsTable({ models, connections, actions }: ModelsTableProps) {
  return (
    <Table label="Models" className="min-w-[60rem]">
      <thead>
        <tr>
          <Th>Version</Th>
          <Th>Provider's model</Th>
          <Th>Connection</Th>
          <Th>Default parameters</Th>
          <Th>Stage</Th>
          <Th>Created</Th>
          <Th>Id</Th>
        </tr>
      </thead>
      {models.map((model) => (
        <tbody key={model.id}>
          <tr>
            <th
              scope="rowgroup"
              colSpan={7}
              className="border-b border-border pt-4 pb-1.5 text-left font-medium"
            >
              <span className="flex items-center gap-3">
                {model.name}
                {model.description && (
                  <span className="text-xs font-normal text-muted">{model.description}</span>
                )}
                {actions && connections.length > 0 && (
                  <ModelVersionDialog
                    modelName={model.name}
                    modelNames={[]}
                    connections={connections}
                    onSave={actions.onSaveVersion}
                    trigger={
                      <Button size="sm" variant="quiet" aria-label={`New version of ${model.name}`}>
                        New version
                      </Button>
                    }
                  />
                )}
              </span>
            </th>
          </tr>
          {model.versions.map((version) => (
            <VersionRow key={version.id} version={version} actions={actions} />
          ))}
          {model.versions.length === 0 && (
            <tr>
              <Td colSpan={7} className="text-muted">
                No versions yet.
              </Td>
            </tr>
          )}
        </tbody>
      ))}
    </Table>
  );
}

function VersionRow({ version, actions }: { version: ModelVersion; actions?: ModelActions }) {
  return (
    <tr className={version.stage === "Archived" ? "text-muted" : undefined}>
      <Td title={version.description || undefined}>v{version.number}</Td>
      <Td className="font-mono text-xs">{version.providerModel}</Td>
      <Td>
        <span className="flex items-center gap-2">
          {version.connection.name}
          {version.connection.isSimulated && <SimulatedBadge />}
        </span>
      </Td>
      <Td className="text-xs text-muted">{formatParameters(version.parameters)}</Td>
      <Td>
        {actions ? (
          <StageDialog
            version={version}
            onChange={actions.onChangeStage}
            trigger={
              <Button
                size="sm"
                variant="quiet"
                aria-label={`Change the stage of ${version.model.name} v${version.number}`}
              >
                <StageBadge stage={version.stage} />
              </Button>
            }
          />
        ) : (
          <StageBadge stage={version.stage} />
        )}
      </Td>
      <Td className="whitespace-nowrap">
        <RelativeTime value={version.createdAt} /> <span className="text-muted">by {version.createdBy}</span>
      </Td>
      <Td>
        <CopyId id={version.id} label="model version id" />
      </Td>
    </tr>
  );
}

const tones = { None: "outline", Staging: "neutral", Production: "accent", Archived: "outline" } as const;

function StageBadge({ stage }: { stage: Stage }) {
  return <Badge tone={tones[stage]}>{stage === "None" ? "No stage" : stage}</Badge>;
}
