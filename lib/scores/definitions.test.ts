import { expect, test } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import { useDatabase } from "#lib/testing/database.ts";
import { makeProject } from "#lib/testing/factories.ts";
import {
  archiveScoreDefinition,
  deleteScoreDefinition,
  listScoreDefinitions,
  saveScoreDefinition,
} from "./definitions.ts";
import { recordScore } from "./record-score.ts";
import { scoreDefinitionInput } from "./schema.ts";

useDatabase();

const tone = scoreDefinitionInput.parse({ name: "tone", type: "categorical", categories: ["warm", "cold"] });

test("a definition refuses what it does not allow; archived it refuses nothing, restored it does again", async () => {
  const { ctx } = await makeProject();
  await saveScoreDefinition(ctx, tone);
  const give = () => recordScore(ctx, { sessionId: "s", name: "tone", value: "tepid" });
  await expect(give()).rejects.toMatchObject({ code: "invalid_input" });
  await archiveScoreDefinition(ctx, "tone", true);
  await give();
  expect(await listScoreDefinitions(ctx)).toMatchObject([{ name: "tone", isArchived: true }]);
  await archiveScoreDefinition(ctx, "tone", false);
  await expect(give()).rejects.toMatchObject({ code: "invalid_input" });
});

test("every change is one audit row, and saving the same again is none", async () => {
  const { ctx, projectId } = await makeProject();
  await saveScoreDefinition(ctx, tone);
  await saveScoreDefinition(ctx, tone);
  await saveScoreDefinition(ctx, { ...tone, categories: ["warm", "cold", "dry"] });
  await archiveScoreDefinition(ctx, "tone", true);
  await archiveScoreDefinition(ctx, "tone", true);
  await deleteScoreDefinition(ctx, "tone");
  await expect(archiveScoreDefinition(ctx, "tone", true)).rejects.toMatchObject({ code: "not_found" });
  const rows = await prisma().auditEvent.findMany({ where: { projectId }, orderBy: { id: "asc" } });
  expect(rows.map((row) => row.action).filter((action) => action.startsWith("score_definition"))).toEqual([
    "score_definition.created",
    "score_definition.changed",
    "score_definition.archived",
    "score_definition.deleted",
  ]);
});
