/** Where to go after signing in: a path of this site, never another site's address. */
export function safePath(wanted: unknown): string {
  if (typeof wanted !== "string" || !/^\/(?![/\\])/.test(wanted)) return "/";
  return wanted;
}
