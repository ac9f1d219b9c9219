import { z } from "zod";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { samplingParameters } from "#lib/models/parameters.ts";
import { messageRoles, variableTypes } from "./words.ts";

// A value inside a JSON body or a JSON column can be nothing but JSON, so `unknown` loses nothing here, and
// unlike z.json() it neither walks a large schema twice nor recurses in the OpenAPI document.
const json = z.unknown() as unknown as z.ZodType<Json>;
const jsonObject = z.record(z.string(), json) as unknown as z.ZodType<JsonObject>;

const textPart = z.strictObject({ type: z.literal("text"), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.strictObject({ url: z.string(), detail: z.enum(["auto", "low", "high"]).optional() }),
});
export const contentPart = z.discriminatedUnion("type", [textPart, imagePart]);
export type ContentPart = z.infer<typeof contentPart>;

const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

/** A message in the shape of OpenAI's chat completions; its texts are templates. */
export const chatMessage = z
  .strictObject({
    // Says only that this is no placeholder, and is not kept: providers refuse it.
    type: z.literal("message").optional(),
    role: z.enum(messageRoles),
    content: z.union([z.string(), z.array(contentPart)]),
    name: z.string().optional(),
    tool_calls: z.array(toolCall).optional(),
    tool_call_id: z.string().optional(),
  })
  .transform(({ type: _, ...message }): { type?: undefined } & typeof message => message);
export type ChatMessage = z.infer<typeof chatMessage>;

/** A place that is filled with a list of messages (the conversation so far) when the prompt is compiled. */
export const placeholderMessage = z.strictObject({ type: z.literal("placeholder"), name: z.string() });
export type PlaceholderMessage = z.infer<typeof placeholderMessage>;

/** Examples of good answers, compiled to a user's and an assistant's message each; their texts are templates. */
export const examplesMessage = z.strictObject({
  type: z.literal("examples"),
  examples: z.array(z.strictObject({ user: z.string(), assistant: z.string() })),
});
export type ExamplesMessage = z.infer<typeof examplesMessage>;

/** The messages of another chat prompt, put here; the reference is read as that of `{{> reference}}`. */
export const includeMessage = z.strictObject({ type: z.literal("include"), reference: z.string() });
export type IncludeMessage = z.infer<typeof includeMessage>;

export const promptMessage = z.discriminatedUnion("type", [
  placeholderMessage,
  examplesMessage,
  includeMessage,
  chatMessage,
]);
export type PromptMessage = z.infer<typeof promptMessage>;

export const variableDeclaration = z.strictObject({
  name: z.string(),
  type: z.enum(variableTypes).default("string"),
  description: z.string().default(""),
  isRequired: z.boolean().default(true),
  /** Used when no value is given. */
  default: json.optional(),
  example: json.optional(),
});
export type VariableDeclaration = z.infer<typeof variableDeclaration>;

export const responseFormat = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json") }),
  z.strictObject({
    type: z.literal("json_schema"),
    name: z.string().default("answer"),
    schema: jsonObject,
    isStrict: z.boolean().default(true),
  }),
]);
export type ResponseFormat = z.infer<typeof responseFormat>;

/** A tool in OpenAI's own shape; `parameters` is a JSON schema. */
export const tool = z.strictObject({
  type: z.literal("function").default("function"),
  function: z.strictObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: jsonObject.optional(),
    strict: z.boolean().optional(),
  }),
});
export type Tool = z.infer<typeof tool>;

/** `auto`, `none`, `required`, or the one tool that must be called. */
export const toolChoice = z.union([
  z.enum(["auto", "none", "required"]),
  z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: z.string() }) }),
]);
export type ToolChoice = z.infer<typeof toolChoice>;

/**
 * Another prompt's version that `{{> reference}}` stands for, pinned when the version was saved: what was asked, the
 * immutable version it resolved to, and all of it that compiling needs.
 */
export const pinnedInclude = z.strictObject({
  /** As it is written: `shared/tone@production`. */
  reference: z.string(),
  /** The version in whose text the reference is written; null for the content's own. */
  within: z.uuid().nullable().default(null),
  promptId: z.uuid(),
  promptVersionId: z.uuid(),
  /** The prompt's name when it was pinned, and the version's number. */
  name: z.string(),
  number: z.int(),
  /** The template of a text prompt, "" for a chat prompt. */
  text: z.string(),
  /** The messages of a chat prompt. */
  messages: z.array(promptMessage).optional(),
  /** What the version declares: its defaults hold unless the including prompt declares the same name. */
  variables: z.array(variableDeclaration).default([]),
});
export type PinnedInclude = z.infer<typeof pinnedInclude>;

const sharedFields = {
  variables: z.array(variableDeclaration).default([]),
  parameters: samplingParameters.default({}),
  responseFormat: responseFormat.default({ type: "text" }),
  tools: z.array(tool).default([]),
  toolChoice: toolChoice.default("auto"),
  /** The model version this prompt is meant for; whoever runs it may choose another. */
  modelVersionId: z.uuid().nullable().default(null),
  /** Kept for the references that have one here; those without are resolved when the version is saved. */
  includes: z.array(pinnedInclude).default([]),
};

export const chatContent = z.strictObject({
  type: z.literal("chat"),
  messages: z.array(promptMessage).min(1, "A chat prompt needs at least one message."),
  ...sharedFields,
});
export const textContent = z.strictObject({ type: z.literal("text"), text: z.string(), ...sharedFields });

/**
 * What a version holds: its template and everything that decides how it is sampled. This is the shape only;
 * whether the template and the schemas in it make sense is `checkContent`'s to say.
 */
export const promptContent = z.discriminatedUnion("type", [chatContent, textContent]);
export type PromptContent = z.infer<typeof promptContent>;
export type PromptContentInput = z.input<typeof promptContent>;

/** Names may hold slashes (folders), dots and inner spaces; not empty segments, and no characters that break URLs in sight. */
export const promptName = z
  .string()
  .trim()
  .min(1, "Give the prompt a name.")
  .max(200, "A prompt's name has at most 200 characters.")
  .refine(
    (name) => !/[\p{Cc}\p{Cs}?#%\\|@{}]/u.test(name),
    "A name cannot contain ? # % \\ | @ { } or control characters.",
  )
  .refine(
    (name) => name.split("/").every((segment) => segment.trim() !== "" && !/^\.{1,2}$/.test(segment)),
    "Folders are separated by single slashes: support/triage.",
  );

/** Labels are pointers that people and programs type: short, lower case. `latest` is derived, never stored. */
export const labelName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_.-]{0,35}$/,
    "A label has up to 36 lower-case letters, digits, dots, hyphens and underscores.",
  )
  .refine((name) => name !== "latest", "“latest” always means the newest version and cannot be set.");

export const tagName = z.string().trim().min(1).max(50);

export const saveVersionInput = z.object({
  name: promptName,
  /** Told by the content; given, it must agree. */
  type: z.enum(["chat", "text"]).optional(),
  content: promptContent,
  /** What changed and why. */
  message: z.string().max(1000).default(""),
  /** The version this one was written from; the newest unless given. */
  parentNumber: z.int().min(1).optional(),
  /** Refuses with `conflict` if the newest version is another by now (0: the prompt must be new). */
  expectedLatest: z.int().min(0).optional(),
  /** Moved to the version in the same transaction. */
  labels: z.array(labelName).max(20).default([]),
  tags: z.array(tagName).max(20).optional(),
});
export type SaveVersionInput = z.input<typeof saveVersionInput>;

export const promptVersion = z.object({
  id: z.uuid(),
  promptId: z.uuid(),
  name: z.string(),
  type: z.enum(["chat", "text"]),
  number: z.int(),
  digest: z.string(),
  content: promptContent,
  message: z.string(),
  authorId: z.string(),
  authorName: z.string(),
  parentId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  labels: z.array(z.string()),
});
export type PromptVersion = z.infer<typeof promptVersion>;

/** A version without its content, for histories. */
export const promptVersionSummary = promptVersion.omit({ content: true });
export type PromptVersionSummary = z.infer<typeof promptVersionSummary>;

export const labelPointer = z.object({
  name: z.string(),
  number: z.int(),
  movedAt: z.iso.datetime(),
  movedByName: z.string(),
});
export type LabelPointer = z.infer<typeof labelPointer>;

export const prompt = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.enum(["chat", "text"]),
  description: z.string(),
  tags: z.array(z.string()),
  labels: z.array(labelPointer),
  versionCount: z.int(),
  latestNumber: z.int(),
  latestMessage: z.string(),
  latestAuthorName: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  archivedAt: z.iso.datetime().nullable(),
});
export type Prompt = z.infer<typeof prompt>;

/** The values a prompt is compiled with. */
export const variableValues = jsonObject;
export const placeholderValues = z.record(z.string(), z.array(chatMessage));
export type PlaceholderValues = z.infer<typeof placeholderValues>;
