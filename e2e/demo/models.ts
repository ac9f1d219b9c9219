import type { Api } from "./api.ts";
import type { Terminal } from "./terminal.ts";

export type SavedModel = { id: string; name: string; providerModel: string };

/** The provider of the demo, and where a second application that calls its model itself reaches it. */
export type Provider = { name: string; baseUrl: string; apiKey: string; models: [string, string] };

export function chooseProvider(origin: string): Provider {
  const apiKey = process.env.OPENAI_API_KEY;
  if (!apiKey) {
    const models: [string, string] = ["rehearsal-small", "rehearsal-large"];
    return { name: "rehearsal", baseUrl: `${origin}/rehearsal/v1`, apiKey: "none", models };
  }
  // Two models, the cheaper first.
  const [small = "gpt-4o-mini", large = "gpt-4o"] = (process.env.STEMMA_DEMO_MODELS ?? "")
    .split(",")
    .filter(Boolean);
  const baseUrl = process.env.OPENAI_BASE_URL || "https://api.openai.com/v1";
  return { name: "openai", baseUrl, apiKey, models: [small, large] };
}

export async function prepareModels(api: Api, terminal: Terminal): Promise<SavedModel[]> {
  const provider = chooseProvider(api.origin);
  const isSimulated = provider.name === "rehearsal";
  if (isSimulated)
    terminal.note("No OPENAI_API_KEY: the rehearsal provider answers. Its models are simulated.");
  const connection = await api.post<{ id: string }>("/api/v1/connections", {
    name: isSimulated ? "Rehearsal (simulated)" : "OpenAI",
    provider: provider.name,
    baseUrl: isSimulated ? "/rehearsal/v1" : provider.baseUrl,
    ...(isSimulated ? {} : { apiKey: provider.apiKey }),
  });
  const saved: SavedModel[] = [];
  for (const providerModel of provider.models) {
    const model = await api.post<{ id: string }>("/api/v1/models", { name: providerModel });
    const version = await api.post<{ id: string }>(`/api/v1/models/${model.id}/versions`, {
      connectionId: connection.id,
      providerModel,
    });
    saved.push({ id: version.id, name: providerModel, providerModel });
    terminal.note(`${providerModel} version 1`);
  }
  return saved;
}
