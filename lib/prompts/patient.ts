/**
 * How long a transaction that queues for a prompt's lock may take, in milliseconds. Prisma's own 2 s to begin and
 * 5 s to end would fail some of many saves at once, though each only waits its turn.
 */
export const patient = { maxWait: 10_000, timeout: 20_000 };
