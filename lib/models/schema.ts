import { z } from "zod";
import { samplingParameters } from "./parameters.ts";

const name = z
  .string()
  .trim()
  .min(1, "Give it a name.")
  .max(100, "A name has at most 100 characters.")
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:@/()-]*$/u, "A name has letters, digits, spaces and . _ : @ / ( ) -");

/** `gen_ai.provider.name` of a connection's calls; the built-in simulation is `rehearsal`. */
export const knownProviders = [
  "openai",
  "anthropic",
  "google",
  "azure.ai.openai",
  "mistral_ai",
  "deepseek",
  "groq",
  "x_ai",
  "ollama",
  "vllm",
  "rehearsal",
] as const;
export const simulatedProvider = "rehearsal";

const provider = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,49}$/,
    "A provider is told in lower-case letters, digits, dots, hyphens and underscores.",
  );

/** Where an OpenAI-compatible API is reached, up to and including `/v1`; a path alone is this server's own. */
const baseUrl = z
  .string()
  .trim()
  .max(500)
  .transform((text) => text.replace(/\/+$/, ""))
  .refine(isBaseUrl, "Give a URL such as https://api.openai.com/v1, without a user name, query or fragment.");

export const saveConnectionInput = z.object({
  /** Given: that connection is changed; else one is made. */
  id: z.uuid().optional(),
  name,
  provider,
  baseUrl,
  /** Null removes the stored key; left out keeps it. */
  apiKey: z.string().trim().min(1).max(2000).nullish(),
});
export type SaveConnectionInput = z.input<typeof saveConnectionInput>;

/** A connection as it is shown: of its key only the last four characters. */
export const connection = z.object({
  id: z.uuid(),
  name: z.string(),
  provider: z.string(),
  baseUrl: z.string(),
  hasKey: z.boolean(),
  keyHint: z.string().nullable(),
  isSimulated: z.boolean(),
  createdAt: z.iso.datetime(),
  archivedAt: z.iso.datetime().nullable(),
});
export type Connection = z.infer<typeof connection>;

export const connectionTest = z.object({
  isReachable: z.boolean(),
  /** What was found, or what failed and what to do. */
  message: z.string(),
  latencyMs: z.number(),
  /** The provider's model ids; empty where it lists none. */
  models: z.array(z.string()),
});
export type ConnectionTest = z.infer<typeof connectionTest>;

export const stages = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof stages)[number];

export const createModelInput = z.object({ name, description: z.string().max(2000).default("") });
export type CreateModelInput = z.input<typeof createModelInput>;

const openObject = z.record(z.string(), z.unknown());

export const createModelVersionInput = z.object({
  /** The model's name or id. */
  model: z.string().min(1),
  connectionId: z.uuid(),
  /** What the provider calls it: `gpt-4o-mini-2024-07-18`. */
  providerModel: z.string().trim().min(1, "Say what the provider calls the model.").max(200),
  /** Default sampling parameters. */
  parameters: samplingParameters.default({}),
  description: z.string().max(2000).default(""),
  /** Where it comes from: base model, training data, commit. */
  source: openObject.default({}),
  /** What was measured of it, elsewhere. */
  metrics: openObject.default({}),
});
export type CreateModelVersionInput = z.input<typeof createModelVersionInput>;

export const modelVersion = z.object({
  id: z.uuid(),
  modelId: z.uuid(),
  number: z.int(),
  providerModel: z.string(),
  parameters: samplingParameters,
  stage: z.enum(stages),
  description: z.string(),
  source: openObject,
  metrics: openObject,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  model: z.object({ id: z.uuid(), name: z.string() }),
  connection: z.object({
    id: z.uuid(),
    name: z.string(),
    provider: z.string(),
    baseUrl: z.string(),
    isSimulated: z.boolean(),
  }),
});
export type ModelVersion = z.infer<typeof modelVersion>;

export const model = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  createdAt: z.iso.datetime(),
  archivedAt: z.iso.datetime().nullable(),
  /** Newest first. */
  versions: z.array(modelVersion),
});
export type Model = z.infer<typeof model>;

const price = z.number().min(0).max(100_000);

/** US dollars per million tokens; null takes the price of the kind it is part of. */
export const modelPrice = z.object({
  id: z.uuid(),
  /** A model name, or a prefix ending in `*`. */
  pattern: z.string(),
  validFrom: z.iso.datetime(),
  inputPerMillion: z.number(),
  cachedInputPerMillion: z.number().nullable(),
  cacheWritePerMillion: z.number().nullable(),
  outputPerMillion: z.number(),
  reasoningPerMillion: z.number().nullable(),
});
export type ModelPrice = z.infer<typeof modelPrice>;

export const saveModelPriceInput = z.object({
  pattern: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^*]+\*?$/, "A * may only stand at the end."),
  /** From when on the price holds; the beginning of time unless told. */
  validFrom: z.iso.datetime({ offset: true }).default("1970-01-01T00:00:00Z"),
  inputPerMillion: price,
  cachedInputPerMillion: price.nullable().default(null),
  cacheWritePerMillion: price.nullable().default(null),
  outputPerMillion: price,
  reasoningPerMillion: price.nullable().default(null),
});
export type SaveModelPriceInput = z.input<typeof saveModelPriceInput>;

function isBaseUrl(text: string): boolean {
  if (/^\/[A-Za-z0-9/_-]+$/.test(text)) return true;
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}
