import { singleton } from "#lib/core/singleton.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { databaseUrl } from "#lib/env.ts";
import type { PriceRow } from "#lib/models/price-table.ts";
import { loadPriceOverrides } from "#lib/models/prices.ts";

/** What a project's spans can be linked to, as the catalogue was at most `lifeMs` ago. */
export type Links = {
  /** The version that `version` names (a number, `v3`, a label, `latest`, a digest); null if there is none. */
  promptVersionId(name: string, version: string | null): string | null;
  /** The registered versions of the provider's model, the newest first. */
  modelVersionIds(providerModel: string): readonly string[];
  abTest(key: string): AbTestLink | null;
  prices: readonly PriceRow[];
};

export type AbTestLink = {
  id: string;
  unitKind: string;
  variants: ReadonlyMap<string, VariantLink>;
};

export type VariantLink = {
  promptName: string;
  promptVersion: string;
  promptVersionId: string;
  modelVersionId: string;
};

type PromptReference = { name: string; version: string | null };
/** The part of a span that names something of the catalogue. */
export type Mention = { prompt: PromptReference | null; assignment: { abTestKey: string } | null };

type PromptVersions = { number: number; id: string; digest: string; labels: string[] }[];
type Catalogue = {
  loadedAtMs: number;
  models: Map<string, string[]>;
  abTests: Map<string, AbTestLink>;
  prices: PriceRow[];
};
type Cache = {
  url: string;
  catalogues: Map<string, Catalogue>;
  loading: Map<string, Promise<Catalogue>>;
  prompts: Map<string, { loadedAtMs: number; versions: PromptVersions }>;
  loadingPrompts: Map<string, Promise<void>>;
};

/** Labels move: what is cached holds this long. */
const lifeMs = 1500;
/** What was not found is looked for again sooner: traffic follows a test's start or a prompt's first save at once. */
const missLifeMs = 100;
const promptsLimit = 20_000;

const cache = singleton<Cache>("span-links", () => ({
  url: "",
  catalogues: new Map(),
  loading: new Map(),
  prompts: new Map(),
  loadingPrompts: new Map(),
}));

/**
 * The links of one project for what these spans mention. At most four small queries, mostly none. Inside
 * a transaction pass it: waiting there for another connection could leave every connection waiting.
 */
export async function loadLinks(projectId: string, spans: readonly Mention[], tx?: Sql): Promise<Links> {
  if (cache.url !== databaseUrl()) forgetLinks();
  const prompts = spans.flatMap((span) => span.prompt ?? []);
  const abTestKeys = new Set(spans.flatMap((span) => span.assignment?.abTestKey ?? []));
  const [catalogue] = await Promise.all([
    catalogueOf(projectId, abTestKeys, tx),
    tx ? loadPrompts(tx, projectId, prompts) : loadPromptsOnce(projectId, prompts),
  ]);
  return {
    promptVersionId(name, version) {
      const versions = cache.prompts.get(`${projectId}/${name}`)?.versions ?? [];
      return version === null ? null : (findVersion(versions, version)?.id ?? null);
    },
    modelVersionIds: (providerModel) => catalogue.models.get(providerModel) ?? [],
    abTest: (key) => catalogue.abTests.get(key) ?? null,
    prices: catalogue.prices,
  };
}

/** Reads the catalogue anew on the next call. */
export function forgetLinks(): void {
  cache.url = databaseUrl();
  cache.catalogues.clear();
  cache.loading.clear();
  cache.prompts.clear();
  cache.loadingPrompts.clear();
}

function findVersion(versions: PromptVersions, version: string) {
  const digest = version.replace(/^sha256:/, "").toLowerCase();
  const number = /^v?\d{1,9}$/.test(version) ? Number(version.replace("v", "")) : null;
  return (
    versions.find((each) => each.labels.includes(version)) ??
    versions.find((each) => each.number === number) ??
    (version === "latest" ? versions[0] : undefined) ??
    (/^[0-9a-f]{8,64}$/.test(digest) ? versions.find((each) => each.digest.startsWith(digest)) : undefined)
  );
}

/** One load of a project's prompts at a time: requests that come meanwhile mostly need the same. */
async function loadPromptsOnce(projectId: string, mentioned: PromptReference[]): Promise<void> {
  while (stalePrompts(projectId, mentioned).length > 0) {
    const loading = cache.loadingPrompts.get(projectId);
    if (loading) {
      await loading;
      continue;
    }
    const load = loadPrompts(sql(), projectId, mentioned).finally(() =>
      cache.loadingPrompts.delete(projectId),
    );
    cache.loadingPrompts.set(projectId, load);
    await load;
    return;
  }
}

function stalePrompts(projectId: string, mentioned: PromptReference[]): string[] {
  const nowMs = Date.now();
  const isStale = ({ name, version }: PromptReference) => {
    const entry = cache.prompts.get(`${projectId}/${name}`);
    if (!entry) return true;
    const isMiss = version !== null && !findVersion(entry.versions, version);
    return nowMs - entry.loadedAtMs > (isMiss ? missLifeMs : lifeMs);
  };
  return [...new Set(mentioned.filter(isStale).map(({ name }) => name))];
}

async function loadPrompts(db: Sql, projectId: string, mentioned: PromptReference[]): Promise<void> {
  const nowMs = Date.now();
  const stale = stalePrompts(projectId, mentioned);
  if (stale.length === 0) return;
  if (cache.prompts.size > promptsLimit) cache.prompts.clear();
  const rows = await db<{ name: string; number: number; id: string; digest: string; labels: string[] }[]>`
    select p.name, v.number, v.id, v.digest,
      coalesce((select array_agg(l.name) from prompt_label l where l.version_id = v.id), '{}') as labels
    from prompt p join prompt_version v on v.prompt_id = p.id
    where p.project_id = ${projectId} and p.name = any(${stale})
    order by p.name, v.number desc`;
  const found = new Map<string, PromptVersions>(stale.map((name) => [name, []]));
  for (const { name, ...version } of rows) found.get(name)!.push(version);
  for (const [name, versions] of found)
    cache.prompts.set(`${projectId}/${name}`, { loadedAtMs: nowMs, versions });
}

async function catalogueOf(
  projectId: string,
  abTestKeys: ReadonlySet<string>,
  tx: Sql | undefined,
): Promise<Catalogue> {
  const current = cache.catalogues.get(projectId);
  if (current) {
    const isMiss = [...abTestKeys].some((key) => !current.abTests.has(key));
    if (Date.now() - current.loadedAtMs <= (isMiss ? missLifeMs : lifeMs)) return current;
  }
  if (tx) return loadCatalogue(tx, projectId);
  const loading = cache.loading.get(projectId) ?? loadCatalogue(sql(), projectId);
  cache.loading.set(projectId, loading);
  return loading.finally(() => cache.loading.delete(projectId));
}

async function loadCatalogue(db: Sql, projectId: string): Promise<Catalogue> {
  const loadedAtMs = Date.now();
  const [models, variants, prices] = await Promise.all([
    db<{ provider_model: string; id: string }[]>`
      select provider_model, id from model_version where project_id = ${projectId} order by created_at desc`,
    db<VariantRow[]>`
      select t.key, t.id, t.unit_kind, v.key as variant_key, v.prompt_version_id, v.model_version_id,
        pv.number as prompt_number, p.name as prompt_name
      from ab_test t
        join ab_variant v on v.ab_test_id = t.id
        join prompt_version pv on pv.id = v.prompt_version_id
        join prompt p on p.id = pv.prompt_id
      where t.project_id = ${projectId}`,
    loadPriceOverrides(projectId),
  ]);
  const catalogue = { loadedAtMs, models: groupModels(models), abTests: groupVariants(variants), prices };
  cache.catalogues.set(projectId, catalogue);
  return catalogue;
}

type VariantRow = {
  key: string;
  id: string;
  unit_kind: string;
  variant_key: string;
  prompt_version_id: string;
  model_version_id: string;
  prompt_number: number;
  prompt_name: string;
};

function groupModels(rows: { provider_model: string; id: string }[]): Map<string, string[]> {
  const models = new Map<string, string[]>();
  for (const { provider_model: name, id } of rows) models.set(name, [...(models.get(name) ?? []), id]);
  return models;
}

function groupVariants(rows: VariantRow[]): Map<string, AbTestLink> {
  const tests = new Map<string, { id: string; unitKind: string; variants: Map<string, VariantLink> }>();
  for (const row of rows) {
    const test = tests.get(row.key) ?? { id: row.id, unitKind: row.unit_kind, variants: new Map() };
    test.variants.set(row.variant_key, {
      promptName: row.prompt_name,
      promptVersion: String(row.prompt_number),
      promptVersionId: row.prompt_version_id,
      modelVersionId: row.model_version_id,
    });
    tests.set(row.key, test);
  }
  return tests;
}
