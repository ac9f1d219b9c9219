/** Where a prompt's page is; its slashes stay slashes. `query` as `version=3` or `compare=2..3`. */
export function promptHref(slug: string, name: string, query?: string): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `/${slug}/prompts/${path}${query ? `?${query}` : ""}`;
}

/** The list at a folder; "" is the top. */
export function folderHref(slug: string, folder: string): string {
  return folder ? `/${slug}/prompts?folder=${encodeURIComponent(folder)}` : `/${slug}/prompts`;
}

/** The folders a prompt or folder is in, from the top, as the crumbs of a page. */
export function folderCrumbs(slug: string, path: string): { label: string; href: string }[] {
  const above = path.split("/").slice(0, -1);
  const folders = above.map((label, index) => ({
    label,
    href: folderHref(slug, above.slice(0, index + 1).join("/")),
  }));
  return [{ label: "Prompts", href: folderHref(slug, "") }, ...folders];
}
