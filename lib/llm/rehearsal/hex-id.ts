import { randomBytes } from "node:crypto";

/** 24 hex characters for ids of answers and calls. */
export function newHexId(): string {
  return randomBytes(12).toString("hex");
}
