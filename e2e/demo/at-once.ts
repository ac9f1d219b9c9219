/** Runs the work over the items, at most `limit` at once, and says after each how many are done. */
export async function atOnce<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<void>,
  onDone: (done: number) => void = () => {},
): Promise<void> {
  let next = 0;
  let done = 0;
  async function lane(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
      done += 1;
      onDone(done);
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
