import { createHash } from "node:crypto";
import { z } from "zod";
import { countTokens, loadTokenizer } from "../tokens.ts";
import { parseWith } from "./chat-request.ts";
import { RehearsalError } from "./errors.ts";
import { plainText } from "./facts.ts";
import { embeddingModelId } from "./models.ts";

const embeddingRequest = z.looseObject({
  model: z.string(),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
  dimensions: z.int().min(1).max(3072).nullish(),
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

/**
 * Deterministic embeddings: words and letter trigrams hashed into signed buckets (Weinberger et al. 2009) and
 * scaled to length 1, so texts that share words are close.
 */
export async function answerEmbeddings(body: unknown): Promise<Response> {
  const request = parseWith(embeddingRequest, body);
  if (request.model !== embeddingModelId) {
    throw new RehearsalError(404, `The model '${request.model}' does not exist or makes no embeddings.`, {
      param: "model",
      code: "model_not_found",
    });
  }
  const tokenizer = await loadTokenizer();
  const inputs = [request.input].flat();
  const tokens = inputs.reduce((sum, text) => sum + countTokens(tokenizer, text), 0);
  return Response.json({
    object: "list",
    data: inputs.map((text, index) => {
      const vector = embed(text, request.dimensions ?? 256);
      const embedding =
        request.encoding_format === "base64"
          ? Buffer.from(vector.buffer).toString("base64")
          : Array.from(vector);
      return { object: "embedding", index, embedding };
    }),
    model: embeddingModelId,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of plainText(text).match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    add(vector, word, 1);
    for (let start = 0; start + 3 <= word.length; start++)
      add(vector, `#${word.slice(start, start + 3)}`, 0.3);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function add(vector: Float32Array, feature: string, weight: number): void {
  const hash = createHash("sha256").update(feature).digest();
  const bucket = hash.readUInt32LE(0) % vector.length;
  vector[bucket]! += hash[4]! & 1 ? weight : -weight;
}
