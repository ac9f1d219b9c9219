export type StemmaNode = {
  id: string;
  label: string;
  /** Where it leads; a node without it is drawn, not linked. */
  href?: string;
  /** Ids of the nodes it descends from. Ids that are not in the list are left out of the drawing. */
  parents: readonly string[];
  /** A word above the label in the horizontal drawing: "Prompt version", "Variant". */
  kind: string;
  /** A second, muted piece of text. */
  detail?: string;
  isCurrent?: boolean;
  /** Draws the node with the mark of this variant; 0 is A. */
  variantIndex?: number;
};

export type PlacedNode = { node: StemmaNode; column: number; row: number };

/** Starts at (fromColumn, fromRow), runs along `lane`, ends at (toColumn, toRow). */
export type StemmaEdge = {
  id: string;
  fromColumn: number;
  fromRow: number;
  lane: number;
  toColumn: number;
  toRow: number;
};

export type StemmaLayout = { nodes: PlacedNode[]; edges: StemmaEdge[]; columns: number; rows: number };

/**
 * A history: one node a row, in the order given (children before parents: newest first), each line of descent in a
 * lane that no other node touches until the parent's row. The algorithm of `git log --graph`.
 */
export function layoutHistory(nodes: readonly StemmaNode[]): StemmaLayout {
  const rowOf = new Map(nodes.map((node, row) => [node.id, row]));
  const lanes: (string | null)[] = [];
  const columnOf = new Map<string, number>();
  const edges: Omit<StemmaEdge, "toColumn">[] = [];
  let columns = 0;

  nodes.forEach((node, row) => {
    const column = claimLane(lanes, node.id);
    columnOf.set(node.id, column);
    lanes.forEach((wanted, lane) => {
      if (wanted === node.id) lanes[lane] = null;
    });
    const parents = node.parents.filter((parent) => (rowOf.get(parent) ?? -1) > row);
    parents.forEach((parent, place) => {
      const lane = place === 0 ? column : claimLane(lanes, parent);
      lanes[lane] = parent;
      edges.push({
        id: `${node.id}>${parent}`,
        fromColumn: column,
        fromRow: row,
        lane,
        toRow: rowOf.get(parent)!,
      });
    });
    columns = Math.max(columns, lanes.length, column + 1);
  });

  return {
    nodes: nodes.map((node, row) => ({ node, row, column: columnOf.get(node.id)! })),
    edges: edges.map((edge) => ({ ...edge, toColumn: columnOf.get(nodes[edge.toRow]!.id)! })),
    columns,
    rows: nodes.length,
  };
}

/**
 * A descent from causes to result: the column of a node is its longest path from a node without parents, and within
 * a column the nodes lie in the order of their parents' rows, which keeps crossings few. Throws RangeError on a cycle.
 */
export function layoutDescent(nodes: readonly StemmaNode[]): StemmaLayout {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const depths = new Map<string, number>();
  const depthOf = (node: StemmaNode, path: readonly string[]): number => {
    const known = depths.get(node.id);
    if (known !== undefined) return known;
    if (path.includes(node.id)) throw new RangeError(`The node ${node.id} descends from itself.`);
    const parents = node.parents.map((id) => byId.get(id)).filter((parent) => parent !== undefined);
    const depth = parents.reduce(
      (most, parent) => Math.max(most, depthOf(parent, [...path, node.id]) + 1),
      0,
    );
    depths.set(node.id, depth);
    return depth;
  };

  const columns: StemmaNode[][] = [];
  for (const node of nodes) {
    const depth = depthOf(node, []);
    columns[depth] ??= [];
    columns[depth].push(node);
  }

  const placed = new Map<string, PlacedNode>();
  columns.forEach((members, column) => {
    const weight = (node: StemmaNode) => {
      const rows = node.parents.map((id) => placed.get(id)?.row).filter((row) => row !== undefined);
      return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
    };
    const ordered = column === 0 ? members : members.toSorted((a, b) => weight(a) - weight(b));
    ordered.forEach((node, row) => {
      placed.set(node.id, { node, column, row });
    });
  });

  const edges = [...placed.values()].flatMap(({ node, column, row }) =>
    node.parents.flatMap((id) => {
      const from = placed.get(id);
      if (!from) return [];
      const ends = { fromColumn: from.column, fromRow: from.row, toColumn: column, toRow: row };
      return [{ id: `${id}>${node.id}`, ...ends, lane: row }];
    }),
  );
  return {
    nodes: [...placed.values()],
    edges,
    columns: columns.length,
    rows: Math.max(0, ...columns.map((members) => members.length)),
  };
}

function claimLane(lanes: (string | null)[], id: string): number {
  const waiting = lanes.indexOf(id);
  if (waiting >= 0) return waiting;
  const free = lanes.indexOf(null);
  if (free >= 0) return free;
  lanes.push(null);
  return lanes.length - 1;
}
