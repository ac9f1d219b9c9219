import type { Role, Scope } from "#lib/core/context.ts";
import type { SelectOption } from "../ui/select.tsx";

/** What each role may do, as people choose it. */
export const roleOptions: readonly SelectOption<Role>[] = [
  { value: "viewer", label: "Viewer", hint: "Reads everything" },
  { value: "editor", label: "Editor", hint: "Also writes prompts, runs evaluations and A/B tests" },
  { value: "admin", label: "Admin", hint: "Also manages members, keys and settings" },
  { value: "owner", label: "Owner", hint: "Also manages owners" },
];

/** What each scope lets a key do. */
export const scopeOptions: readonly { value: Scope; label: string }[] = [
  { value: "traces:write", label: "Send traces" },
  { value: "scores:write", label: "Send scores and feedback" },
  { value: "deployments:invoke", label: "Call deployments" },
  { value: "prompts:read", label: "Read prompts" },
  { value: "prompts:write", label: "Write prompts and move labels" },
  { value: "evaluations:write", label: "Write datasets and run evaluations" },
  { value: "abtests:write", label: "Run A/B tests" },
  { value: "models:write", label: "Register models" },
  { value: "read", label: "Read everything" },
  { value: "admin", label: "Everything, with members, keys and settings" },
];

/** What an application that is observed needs, and no more. */
export const applicationScopes: readonly Scope[] = [
  "traces:write",
  "scores:write",
  "deployments:invoke",
  "prompts:read",
];
