import { singleton } from "#lib/core/singleton.ts";
import { sql } from "#lib/db/postgres.ts";
import { databaseUrl } from "#lib/env.ts";

const dayUs = 86_400_000_000;
const daysAhead = 7;
/** Days back and ahead for which a span gets a partition of its own; farther ones lie in the default partition. */
const oldestDays = 400;
const newestDays = 30;

/** The days of which this process knows that they have partitions, and those being made. */
const known = singleton("span-partitions", () => ({ url: "", days: new Map<number, Promise<void>>() }));

export function dayOf(microseconds: number): number {
  return Math.floor(microseconds / dayUs);
}

/** Makes the partitions of these days (since the Unix epoch, UTC) unless they exist. */
export async function ensurePartitions(days: Iterable<number>): Promise<void> {
  if (known.url !== databaseUrl()) {
    known.url = databaseUrl();
    known.days.clear();
  }
  const today = dayOf(Date.now() * 1000);
  const waits: Promise<void>[] = [];
  for (const day of days) {
    if (day < today - oldestDays || day > today + newestDays) continue;
    let made = known.days.get(day);
    if (!made) {
      made = addPartitions(day, day);
      known.days.set(day, made);
      made.catch(() => known.days.delete(day));
    }
    waits.push(made);
  }
  await Promise.all(waits);
}

/** Looks anew which days have partitions. */
export function forgetPartitions(): void {
  known.days.clear();
}

/** Makes the partitions of today and the next week. Called at start and every few hours. */
export async function addPartitionsAhead(): Promise<void> {
  const today = dayOf(Date.now() * 1000);
  await addPartitions(today - 1, today + daysAhead);
}

async function addPartitions(firstDay: number, lastDay: number): Promise<void> {
  await sql()`select stemma_add_partitions(${isoDate(firstDay)}::date, ${isoDate(lastDay)}::date)`;
}

export function isoDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
