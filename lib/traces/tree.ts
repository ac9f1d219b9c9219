/** A span and those under it, in order of start. */
export type TreeNode<Span> = { span: Span; children: TreeNode<Span>[]; depth: number };

type Placed = { spanId: string; parentSpanId: string | null; startTimeUs: number };

/**
 * The spans of a trace as trees. A span whose parent is absent is a root, and so is the earliest of spans that name
 * each other as parents: nothing is ever lost. O(n log n); deep chains don't recurse. Pure.
 */
export function buildTree<Span extends Placed>(spans: readonly Span[]): TreeNode<Span>[] {
  const ordered = spans.toSorted((a, b) => a.startTimeUs - b.startTimeUs || (a.spanId < b.spanId ? -1 : 1));
  const nodes = new Map(
    ordered.map((span) => [span.spanId, { span, children: [], depth: 0 } as TreeNode<Span>]),
  );
  const roots: TreeNode<Span>[] = [];
  for (const node of nodes.values()) {
    const parent = parentOf(node, nodes);
    if (parent) parent.children.push(node);
    else roots.push(node);
  }
  const reached = new Set<TreeNode<Span>>();
  for (const root of roots) place(root, reached);
  for (const node of nodes.values()) {
    if (reached.has(node)) continue;
    const parent = parentOf(node, nodes);
    if (parent) parent.children = parent.children.filter((child) => child !== node);
    roots.push(node);
    place(node, reached);
  }
  return roots;
}

/** The nodes of trees, parents before children, as a list is drawn. */
export function flattenTree<Span>(roots: readonly TreeNode<Span>[]): TreeNode<Span>[] {
  const flat: TreeNode<Span>[] = [];
  const waiting = roots.toReversed();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    flat.push(node);
    waiting.push(...node.children.toReversed());
  }
  return flat;
}

function parentOf<Span extends Placed>(
  node: TreeNode<Span>,
  nodes: Map<string, TreeNode<Span>>,
): TreeNode<Span> | undefined {
  const parent = node.span.parentSpanId === null ? undefined : nodes.get(node.span.parentSpanId);
  return parent === node ? undefined : parent;
}

function place<Span>(root: TreeNode<Span>, reached: Set<TreeNode<Span>>): void {
  const waiting = [root];
  reached.add(root);
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    for (const child of node.children) {
      child.depth = node.depth + 1;
      reached.add(child);
      waiting.push(child);
    }
  }
}
