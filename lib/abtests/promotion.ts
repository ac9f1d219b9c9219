import { type Context, requireScope } from "#lib/core/context.ts";
import type { AbPromotion as Row } from "#lib/db/generated/client.ts";
import { prisma, type Transaction } from "#lib/db/prisma.ts";

export type PromotionStatus =
  /** Waits for a second person. */
  | "requested"
  /** Carried out when due unless somebody declines. */
  | "scheduled"
  | "promoted"
  | "declined"
  | "withdrawn"
  /** Overtaken: the verdict changed, or the test ended otherwise. */
  | "canceled"
  | "rolled_back";

/** A promotion from its request to its roll-back. */
export type AbPromotion = {
  id: string;
  status: PromotionStatus;
  variantKey: string;
  label: string;
  stage: "Staging" | "Production" | null;
  reason: string;
  againstVerdictReason: string | null;
  requestedBy: { type: string; id: string; name: string };
  requestedAt: Date;
  dueAt: Date | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionNote: string;
  replaced: Replaced | null;
};

/** Where everything pointed before a promotion, and where it put it: what a roll-back puts back. */
export type Replaced = {
  label: {
    promptId: string;
    promptName: string;
    name: string;
    from: { versionId: string; number: number } | null;
    to: { versionId: string; number: number };
  };
  stage: { modelVersionId: string; model: string; from: string; to: string } | null;
  deployments: { id: string; name: string; from: Serving; to: Serving }[];
};

/** What a deployment serves: the columns of its row. */
export type Serving = {
  abTestId: string | null;
  promptId: string | null;
  promptLabel: string | null;
  promptVersionId: string | null;
  modelVersionId: string | null;
  parameters: Record<string, unknown>;
};

export const openStatuses: PromotionStatus[] = ["requested", "scheduled"];

/** The test's promotions, newest first. */
export async function listAbPromotions(ctx: Context, abTestId: string): Promise<AbPromotion[]> {
  requireScope(ctx, "read");
  const rows = await prisma().abPromotion.findMany({
    where: { projectId: ctx.projectId, abTestId },
    orderBy: { id: "desc" },
    take: 200,
  });
  return rows.map(toAbPromotion);
}

/** The one that waits, or null: a test has at most one at a time. */
export async function findOpenPromotion(
  db: Transaction,
  projectId: string,
  abTestId: string,
): Promise<AbPromotion | null> {
  const row = await db.abPromotion.findFirst({
    where: { projectId, abTestId, status: { in: openStatuses } },
  });
  return row && toAbPromotion(row);
}

export function toAbPromotion(row: Row): AbPromotion {
  return {
    id: row.id,
    status: row.status as PromotionStatus,
    variantKey: row.variantKey,
    label: row.label,
    stage: row.stage as AbPromotion["stage"],
    reason: row.reason,
    againstVerdictReason: row.againstVerdictReason,
    requestedBy: { type: row.requestedByType, id: row.requestedById, name: row.requestedByName },
    requestedAt: row.requestedAt,
    dueAt: row.dueAt,
    decidedBy: row.decidedByName,
    decidedAt: row.decidedAt,
    decisionNote: row.decisionNote,
    replaced: row.replaced as Replaced | null,
  };
}
