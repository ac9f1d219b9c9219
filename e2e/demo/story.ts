import { connect } from "./api.ts";
import { runEvaluation } from "./evaluation.ts";
import { readFacts } from "./facts.ts";
import { prepareModels } from "./models.ts";
import { savePromptVersions } from "./prompts.ts";
import { readVerdict, reportAndPromote } from "./report.ts";
import type { Terminal } from "./terminal.ts";
import { sendTraffic, sendTrafficToTwins } from "./traffic.ts";

export type StoryInput = { origin: string; key: string; terminal: Terminal };

/** What was made, for whoever prints the addresses or checks the numbers. */
export type StoryOutcome = {
  evaluationId: string;
  abTestKey: string;
  verdict: string;
  twinsKey: string;
  twinsVerdict: string;
};

export const names = {
  dataset: "country-facts",
  prompt: "geography/fact",
  deployment: "geography-quiz",
  abTest: "geography-model",
  twins: "geography-twins",
  twinsDeployment: "geography-twins",
} as const;

/** The main job, from a dataset to a promoted winner, as programs would do it: over HTTP with an API key. */
export async function playStory({ origin, key, terminal }: StoryInput): Promise<StoryOutcome> {
  const api = connect(origin, key);

  const facts = readFacts();
  terminal.step(`Importing ${facts.length} facts about the world's countries as a dataset`);
  await api.post("/api/v1/datasets", {
    name: names.dataset,
    description: "Capitals and currencies, from world-countries",
  });
  const dataset = await api.post<{ id: string; number: number; digest: string; itemCount: number }>(
    `/api/v1/datasets/${names.dataset}/items`,
    {
      items: facts,
      mode: "replace",
      message: "Capitals and currencies of the members of the United Nations",
    },
  );
  terminal.note(
    `version ${dataset.number}, ${dataset.itemCount} items, digest ${dataset.digest.slice(0, 12)}`,
  );

  terminal.step("Saving two versions of a prompt; production points at the first");
  const prompts = await savePromptVersions(api, terminal);

  terminal.step("Registering two model versions on one connection");
  const models = await prepareModels(api, terminal);

  terminal.step("Evaluating 2 prompt versions × 2 model versions on every item");
  const evaluation = await runEvaluation(api, terminal, { datasetVersionId: dataset.id, prompts, models });

  terminal.step("Deploying an A/B test of the two best candidates and sending it traffic");
  await sendTraffic(api, terminal, evaluation.best, facts);

  terminal.step("Beside it, an A/A test: the same variant twice");
  await sendTrafficToTwins(api, terminal, evaluation.best[1], facts);

  terminal.step("Reading the report and acting on it");
  const twinsVerdict = await readVerdict(api, terminal, names.twins);
  const verdict = await reportAndPromote(api, terminal);
  return {
    evaluationId: evaluation.id,
    abTestKey: names.abTest,
    twinsKey: names.twins,
    verdict,
    twinsVerdict,
  };
}
