import type { Graph, GraphLink } from './graph.ts';

/** Where a step stands: its layer along the flow, and its place across it. Units are steps, so any box size and either direction fit. */
export interface Place {
  readonly layer: number;
  readonly across: number;
}

/** A link as the places it passes, the steps at its ends included. */
export interface Route {
  readonly link: GraphLink;
  readonly places: readonly Place[];
}

export interface Layout {
  readonly steps: ReadonlyMap<number, Place>;
  readonly routes: readonly Route[];
  readonly layers: number;
  /** The extent across the flow: places reach from 0 to this. */
  readonly breadth: number;
}

/** A step, or the point where a long link passes a layer. */
interface Node {
  readonly layer: number;
  readonly before: Neighbour[];
  readonly after: Neighbour[];
  across: number;
}

interface Neighbour {
  readonly node: Node;
  readonly weight: number;
}

const sweeps = 24;
/** How straight a link wants to be: between the points where a long one passes layers, from one layer to the next, and else. */
const weights = { inner: 8, plain: 6, loose: 1 } as const;

/**
 * Layered layout in the manner of Sugiyama, Tagawa and Toda (1981): layers by the longest path, order within a layer by
 * the median of the neighbours, places by moving each layer towards its neighbours without overlap. Links that close a
 * cycle are drawn but do not count.
 */
export function layOut(graph: Graph): Layout {
  const forward = graph.links.filter(withoutCycles(graph));
  const layerOf = longestPaths(graph, forward);
  const steps = new Map(graph.steps.map(({ id }) => [id, node(layerOf.get(id) ?? 0)]));
  const chains = new Map(forward.map((link) => [link, chain(steps, link)]));
  const nodes = new Set([...steps.values(), ...[...chains.values()].flat()]);
  const layers = order([...nodes]);
  place(layers);

  const lowest = [...nodes].reduce((least, { across }) => Math.min(least, across), Infinity);
  const highest = [...nodes].reduce((most, { across }) => Math.max(most, across), -Infinity);
  const at = ({ layer, across }: Node): Place => ({ layer, across: across - lowest });
  return {
    steps: new Map([...steps].map(([id, step]) => [id, at(step)])),
    routes: graph.links.map((link) => ({ link, places: (chains.get(link) ?? ends(steps, link)).map(at) })),
    layers: layers.length,
    breadth: Math.max(0, highest - lowest),
  };
}

/** True for links that do not lead back to a step they came from, found by depth-first search in the recipe's order. */
function withoutCycles(graph: Graph): (link: GraphLink) => boolean {
  const backward = new Set<GraphLink>();
  const open = new Set<number>();
  const done = new Set<number>();
  const visit = (id: number): void => {
    open.add(id);
    for (const link of graph.links.filter(({ from }) => from === id)) {
      if (open.has(link.to)) backward.add(link);
      else if (!done.has(link.to)) visit(link.to);
    }
    open.delete(id);
    done.add(id);
  };
  for (const { id } of graph.steps) if (!done.has(id)) visit(id);
  return (link) => !backward.has(link);
}

function longestPaths(graph: Graph, links: readonly GraphLink[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const layer = (id: number): number => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const above = links.filter(({ to }) => to === id).map(({ from }) => layer(from) + 1);
    const mine = Math.max(0, ...above);
    found.set(id, mine);
    return mine;
  };
  for (const { id } of graph.steps) layer(id);
  return found;
}

function node(layer: number): Node {
  return { layer, before: [], after: [], across: 0 };
}

function ends(steps: ReadonlyMap<number, Node>, link: GraphLink): readonly Node[] {
  return [link.from, link.to].flatMap((id) => steps.get(id) ?? []);
}

/** The nodes of a link, one in each layer it passes, tied to each other. */
function chain(steps: ReadonlyMap<number, Node>, link: GraphLink): readonly Node[] {
  const [first, last] = ends(steps, link);
  if (first === undefined || last === undefined) return [];
  const between = Array.from({ length: last.layer - first.layer - 1 }, (_, index) => node(first.layer + index + 1));
  const all = [first, ...between, last];
  for (const [index, each] of all.entries()) {
    const next = all[index + 1];
    if (next === undefined) continue;
    const weight =
      each !== first && next !== last ? weights.inner : all.length > 2 || link.error ? weights.loose : weights.plain;
    each.after.push({ node: next, weight });
    next.before.push({ node: each, weight });
  }
  return all;
}

/** The layers, each in an order that crosses few links. */
function order(nodes: readonly Node[]): readonly Node[][] {
  const layers = Array.from({ length: 1 + Math.max(0, ...nodes.map(({ layer }) => layer)) }, (_, layer) =>
    nodes.filter((each) => each.layer === layer),
  );
  const number = (layer: readonly Node[]): void => {
    for (const [index, each] of layer.entries()) each.across = index - (layer.length - 1) / 2;
  };
  layers.forEach(number);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : layers.toReversed()) {
      const wish = new Map(layer.map((each) => [each, median(down ? each.before : each.after, each)]));
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      number(layer);
    }
  }
  return layers;
}

/** Moves each layer as near to its neighbours as its order and a distance of one allow. */
function place(layers: readonly (readonly Node[])[]): void {
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : layers.toReversed()) {
      const wishes = layer.map((each) => {
        const neighbours = down ? each.before : each.after;
        return { at: median(neighbours, each), weight: Math.max(1, ...neighbours.map(({ weight }) => weight)) };
      });
      for (const [index, across] of spread(wishes).entries()) {
        const each = layer[index];
        if (each !== undefined) each.across = across;
      }
    }
  }
}

/** The weighted median of the neighbours' places: unlike the mean, it lets a heavy link be quite straight. */
function median(neighbours: readonly Neighbour[], self: Node): number {
  const sorted = neighbours.toSorted((a, b) => a.node.across - b.node.across);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let passed = 0;
  for (const [
    index,
    {
      node: { across },
      weight,
    },
  ] of sorted.entries()) {
    passed += weight;
    if (passed > half) return across;
    if (passed === half) return (across + (sorted[index + 1]?.node.across ?? across)) / 2;
  }
  return self.across;
}

interface Wish {
  readonly at: number;
  readonly weight: number;
}

/**
 * The places nearest to the wishes (weighted least squares) that keep their order and a distance of one: isotonic
 * regression of wish minus index by pooling adjacent violators.
 */
function spread(wishes: readonly Wish[]): readonly number[] {
  const pools: { sum: number; weight: number; size: number }[] = [];
  for (const [index, { at, weight }] of wishes.entries()) {
    let pool = { sum: (at - index) * weight, weight, size: 1 };
    for (let last = pools.at(-1); last && last.sum / last.weight > pool.sum / pool.weight; last = pools.at(-1)) {
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, size: pool.size + last.size };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools
    .flatMap(({ sum, weight, size }) => Array.from({ length: size }, () => sum / weight))
    .map((value, index) => value + index);
}
