// Apart from schema.ts, so that the browser gets these words without zod.

export const messageRoles = ["system", "developer", "user", "assistant", "tool"] as const;
export type MessageRole = (typeof messageRoles)[number];

export const variableTypes = ["string", "number", "boolean", "list", "object"] as const;
export type VariableType = (typeof variableTypes)[number];
