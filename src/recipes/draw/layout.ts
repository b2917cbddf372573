import type { Edge, Picture } from './picture.ts';

/** A picture in rows: every edge leads downwards, a long one through a place of its own in each row it passes. */
export interface Layout {
  /** Ids of nodes, and of places that edges pass through, from left to right. */
  readonly rows: readonly (readonly string[])[];
  readonly routes: readonly Route[];
}

/** An edge, and all that it passes through, its ends included. */
export interface Route {
  readonly edge: Edge;
  readonly through: readonly string[];
}

/** Sweeps that put the rows in order; after these few, little changes. */
const sweeps = 6;

/** Rows by the longest way from the top, ordered so that few edges cross (Sugiyama's method, with the mean of the neighbours). */
export function layOut({ nodes, edges }: Picture): Layout {
  const depth = depths(
    nodes.map(({ id }) => id),
    edges,
  );
  const rows: string[][] = [];
  const put = (id: string, row: number): void => void (rows[row] ??= []).push(id);
  for (const { id } of nodes) put(id, depth.get(id) ?? 0);
  const routes = edges.map((edge, index) => {
    const [top, bottom] = [depth.get(edge.from) ?? 0, depth.get(edge.to) ?? 0];
    const between = Array.from({ length: Math.max(0, bottom - top - 1) }, (_, step) => {
      const id = `edge ${index} ${step}`;
      put(id, top + 1 + step);
      return id;
    });
    return { edge, through: [edge.from, ...between, edge.to] };
  });
  for (let sweep = 0; sweep < sweeps; sweep += 1) order(rows, routes, sweep % 2 === 0);
  return { rows, routes };
}

/** The longest way to each node; what is at the end of a cycle stays where it was found. */
function depths(ids: readonly string[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const depth = new Map(ids.map((id) => [id, 0]));
  const open = new Map(ids.map((id) => [id, 0]));
  const next = Map.groupBy(edges, ({ from }) => from);
  for (const { to } of edges) open.set(to, (open.get(to) ?? 0) + 1);
  const ready = ids.filter((id) => open.get(id) === 0);
  for (const id of ready) {
    for (const { to } of next.get(id) ?? []) {
      depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(id) ?? 0) + 1));
      const left = (open.get(to) ?? 0) - 1;
      open.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return depth;
}

/** Orders each row by where its neighbours in the row before (or after) stand. */
function order(rows: string[][], routes: readonly Route[], isDownwards: boolean): void {
  const neighbours = new Map<string, string[]>();
  for (const { through } of routes) {
    for (const [index, id] of through.entries()) {
      const neighbour = through[index + (isDownwards ? -1 : 1)];
      if (neighbour !== undefined) neighbours.set(id, [...(neighbours.get(id) ?? []), neighbour]);
    }
  }
  const place = new Map(rows.flatMap((row) => row.map((id, index) => [id, index] as const)));
  for (const row of isDownwards ? rows : rows.toReversed()) {
    const mean = new Map(
      row.map((id, index) => [
        id,
        meanOf(
          (neighbours.get(id) ?? []).map((each) => place.get(each) ?? 0),
          index,
        ),
      ]),
    );
    row.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
    for (const [index, id] of row.entries()) place.set(id, index);
  }
}

function meanOf(places: readonly number[], own: number): number {
  return places.length === 0 ? own : places.reduce((sum, each) => sum + each, 0) / places.length;
}
