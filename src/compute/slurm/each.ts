/** Files looked at, or written, at the same time. */
const together = 64;

/** Does something with each, some at the same time. What one throws is thrown, once those have ended. */
export async function each<Item>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += together) {
    const some = items.slice(from, from + together);
    const done = await Promise.allSettled(some.map(async (item, index) => await act(item, from + index)));
    const failed = done.find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }
}
