/**
 * The order in which the list last showed traces, for n and p on a trace's page. It lives in the tab: another tab has
 * another list.
 */
export function rememberTraceOrder(slug: string, traceIds: readonly string[]): void {
  try {
    sessionStorage.setItem(keyOf(slug), JSON.stringify(traceIds.slice(0, limit)));
  } catch {
    return; // A full or forbidden storage costs n and p, nothing else.
  }
}

/** The neighbors of a trace in that order; null at its ends and for traces that are not in it. */
export function neighborsOf(slug: string, traceId: string): { previous: string | null; next: string | null } {
  const order = readOrder(slug);
  const at = order.indexOf(traceId);
  if (at < 0) return { previous: null, next: null };
  return { previous: order[at - 1] ?? null, next: order[at + 1] ?? null };
}

function readOrder(slug: string): string[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(keyOf(slug)) ?? "[]");
    return Array.isArray(stored) ? stored.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

const keyOf = (slug: string) => `stemma:trace-order:${slug}`;
const limit = 5000;
