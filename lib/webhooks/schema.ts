import { z } from "zod";

/** What a webhook can be told of. */
export const webhookEvents = [
  "ab_test.srm",
  "ab_test.harm",
  "ab_test.ship_ready",
  "ab_test.approval_requested",
  "ab_test.concluded",
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Sent by the test button only; nobody subscribes to it. */
export const testEvent = "webhook.test";

export const eventMeanings: Record<WebhookEvent, string> = {
  "ab_test.srm":
    "The data of a test cannot be trusted: a wrong split, units in two variants, or missing scores.",
  "ab_test.harm": "A variant is worse than the control.",
  "ab_test.ship_ready": "A variant is better and every guardrail holds.",
  "ab_test.approval_requested": "Somebody asks for a second person's approval, or a promotion is scheduled.",
  "ab_test.concluded": "A winner was promoted, or the test was stopped or rolled back.",
};

const url = z
  .url({ protocol: /^https?$/, error: "Give an address that begins with https:// or http://." })
  .max(2000)
  .refine((text) => !URL.canParse(text) || (new URL(text).username === "" && new URL(text).password === ""), {
    error: "Leave user names and passwords out of the address; check the signature instead.",
  });

export const createWebhookInput = z.object({
  url,
  events: z.array(z.enum(webhookEvents)).min(1, "Choose at least one event."),
});
export type CreateWebhookInput = z.infer<typeof createWebhookInput>;

export const changeWebhookInput = createWebhookInput.partial().extend({ isEnabled: z.boolean().optional() });
export type ChangeWebhookInput = z.infer<typeof changeWebhookInput>;

export const webhook = z.object({
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.enum(webhookEvents)),
  isEnabled: z.boolean(),
  /** Why it switched itself off. */
  disabledReason: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});
export type Webhook = z.infer<typeof webhook>;

export const delivery = z.object({
  id: z.uuid(),
  webhookId: z.uuid(),
  event: z.string(),
  body: z.string(),
  status: z.enum(["pending", "delivered", "failed"]),
  attempts: z.int(),
  nextAttemptAt: z.iso.datetime().nullable(),
  responseStatus: z.int().nullable(),
  error: z.string().nullable(),
  durationMs: z.int().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type Delivery = z.infer<typeof delivery>;
