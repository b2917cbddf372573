/** Links between steps: from a number to the numbers it links to. */
export type Graph = ReadonlyMap<number, readonly number[]>;

/** What a walk along all links finds. */
export interface Walk {
  /** All steps that can be reached, missing ones too. */
  readonly reached: ReadonlySet<number>;
  /** The first links that close a cycle, each as the steps of the cycle, the first one again at the end. */
  readonly cycles: readonly (readonly number[])[];
}

/** A dense tangle has as many cycles as links; the first few say enough. */
const mostCycles = 10;

interface Visit {
  readonly step: number;
  readonly links: readonly number[];
  next: number;
}

/** Walks depth first from the given steps, without recursion: a chain of a hundred thousand steps is walked like one of ten. */
export function walk(graph: Graph, from: Iterable<number>): Walk {
  const reached = new Set<number>();
  const cycles: number[][] = [];
  for (const start of from) {
    if (reached.has(start)) continue;
    const open: Visit[] = [visit(graph, start)];
    const isOpen = new Set([start]);
    reached.add(start);
    for (let current = open.at(-1); current; current = open.at(-1)) {
      const next = current.links[current.next];
      current.next += 1;
      if (next === undefined) {
        open.pop();
        isOpen.delete(current.step);
      } else if (isOpen.has(next)) {
        if (cycles.length < mostCycles)
          cycles.push([...open.slice(open.findIndex(({ step }) => step === next)).map(({ step }) => step), next]);
      } else if (!reached.has(next)) {
        reached.add(next);
        isOpen.add(next);
        open.push(visit(graph, next));
      }
    }
  }
  return { reached, cycles };
}

function visit(graph: Graph, step: number): Visit {
  return { step, links: graph.get(step) ?? [], next: 0 };
}
