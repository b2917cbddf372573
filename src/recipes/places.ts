import type { Node } from 'jsonc-parser';
import { plainStepNumber } from './normalise.ts';
import type { Path } from './problem.ts';

/** Finds the places of a recipe in the parsed text of it. Each object is gone through once, however often it is asked. */
export class Places {
  readonly #top: Node;
  readonly #indexes = new Map<Node, ReadonlyMap<string, Node>>();

  constructor(top: Node) {
    this.#top = top;
  }

  /** What stands at a path: of a key the whole property, of duplicate keys the one that counts. Of what is not there, the nearest around it. */
  at(path: Path): Node {
    let found = this.#top;
    let holder = this.#top;
    for (const part of path) {
      const next = typeof part === 'number' ? holder.children?.[part] : this.#indexOf(holder).get(part);
      if (!next) return found;
      found = next;
      holder = valueOf(next);
    }
    return found;
  }

  #indexOf(object: Node): ReadonlyMap<string, Node> {
    const index = this.#indexes.get(object) ?? indexed(object, object === this.#top);
    this.#indexes.set(object, index);
    return index;
  }
}

/** The key of a property. */
export function keyOf(property: Node): string {
  return String(property.children?.[0]?.value);
}

/** The value of a property; any other node is its own. */
export function valueOf(node: Node): Node {
  return node.type === 'property' ? (node.children?.[1] ?? node) : node;
}

/** The properties by key, among steps also by their number where that is written in another way. */
function indexed({ type, children = [] }: Node, isTop: boolean): ReadonlyMap<string, Node> {
  if (type !== 'object') return new Map();
  const plain = isTop ? children.map((property) => [plainStepNumber(keyOf(property)) ?? '', property] as const) : [];
  return new Map([...plain, ...children.map((property) => [keyOf(property), property] as const)]);
}
