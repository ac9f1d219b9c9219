/** What `{{> …}}` asks for: a prompt by its name, and one of its versions by number or label. */
export type IncludeReference = { name: string; version?: number; label?: string };

/**
 * Reads a reference: `shared/tone@3` is a version, `shared/tone@staging` a label, `shared/tone@latest` the newest
 * version, and `shared/tone` alone means `@production`, as fetching by name does. Names may hold slashes, dots and
 * spaces but no `@`. Undefined if it names no prompt.
 */
export function readReference(reference: string): IncludeReference | undefined {
  const at = reference.indexOf("@");
  const name = (at < 0 ? reference : reference.slice(0, at)).trim();
  const which = at < 0 ? "" : reference.slice(at + 1).trim();
  if (name === "" || (at >= 0 && which === "")) return undefined;
  if (/^\d{1,9}$/.test(which)) return { name, version: Number(which) };
  return which === "" ? { name } : { name, label: which };
}
