import { AppError } from "./errors.ts";

/** Who acts, and in which project. Every verb's first parameter. */
export type Context = {
  projectId: string;
  actor: Actor;
  scopes: ReadonlySet<Scope>;
};

export type Actor =
  | { type: "user"; id: string; name: string }
  | { type: "api_key"; id: string; name: string }
  | { type: "system"; id: "system"; name: string };

export const scopes = [
  "read",
  "traces:write",
  "prompts:read",
  "prompts:write",
  "scores:write",
  "deployments:invoke",
  "evaluations:write",
  "abtests:write",
  "models:write",
  "admin",
] as const;
export type Scope = (typeof scopes)[number];

export const roles = ["viewer", "editor", "admin", "owner"] as const;
export type Role = (typeof roles)[number];

const viewerScopes: Scope[] = ["read", "prompts:read"];
const editorScopes: Scope[] = [
  ...viewerScopes,
  "traces:write",
  "prompts:write",
  "scores:write",
  "deployments:invoke",
  "evaluations:write",
  "abtests:write",
  "models:write",
];

/** What a member may do. Admins and owners may do everything; who may change an owner is `lib/projects`' rule. */
export const scopesOfRole: Record<Role, ReadonlySet<Scope>> = {
  viewer: new Set(viewerScopes),
  editor: new Set(editorScopes),
  admin: new Set([...editorScopes, "admin"]),
  owner: new Set([...editorScopes, "admin"]),
};

/** Throws `forbidden` unless the context holds the scope; `admin` holds every scope, `read` holds `prompts:read`. */
export function requireScope(ctx: Context, scope: Scope): void {
  if (hasScope(ctx, scope)) return;
  throw new AppError("forbidden", `This needs the scope "${scope}", which ${ctx.actor.name} does not have.`);
}

export function hasScope(ctx: Context, scope: Scope): boolean {
  return (
    ctx.scopes.has(scope) || ctx.scopes.has("admin") || (scope === "prompts:read" && ctx.scopes.has("read"))
  );
}

/** The context of work the product does by itself (workers, promotions after a delay). */
export function systemContext(projectId: string, name: string): Context {
  return { projectId, actor: { type: "system", id: "system", name }, scopes: new Set(["admin"]) };
}
