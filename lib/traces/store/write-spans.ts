import { AppError } from "#lib/core/errors.ts";
import { singleton } from "#lib/core/singleton.ts";
import { copyInto } from "#lib/db/copy.ts";
import { type Sql, sql } from "#lib/db/postgres.ts";
import { announceSpans } from "./announce.ts";
import { markPending } from "./mark-pending.ts";
import { dayOf, ensurePartitions } from "./partitions.ts";
import {
  type EncodedSpans,
  encodeSpans,
  payloadColumns,
  type StoredSpan,
  spanColumns,
} from "./stored-span.ts";
import { upsertSpans } from "./upsert-spans.ts";

/**
 * Stores spans; when it resolves they are committed. Requests that arrive while two transactions are in flight
 * wait together and share the next one. COPY comes first; a batch of which some span is already stored, in its
 * day or a neighboring one, is rolled back and goes the slower, merging way. Once the waiting requests hold
 * `waitingLimitBytes` a new one is refused with `unavailable`.
 */
export function writeSpans(rows: StoredSpan[]): Promise<void> {
  if (rows.length === 0) return Promise.resolve();
  const encoded = encodeSpans(rows);
  if (queue.waitingBytes + encoded.byteLength > waitingLimitBytes && queue.waitingBytes > 0) {
    throw new AppError("unavailable", "More spans are arriving than the database can store. Try again.", {
      retryAfterS: 1,
    });
  }
  return new Promise((resolve, reject) => {
    queue.waiting.push({ rows, encoded, resolve, reject });
    queue.waitingBytes += encoded.byteLength;
    startWriters();
  });
}

type Request = {
  rows: StoredSpan[];
  encoded: EncodedSpans;
  resolve: () => void;
  reject: (error: unknown) => void;
};

const waitingLimitBytes = 96 * 1024 * 1024;
const batchLimitRows = 4000;
const batchLimitBytes = 16 * 1024 * 1024;
const writersLimit = 2;

const queue = singleton("span-writer", () => ({ waiting: [] as Request[], waitingBytes: 0, writers: 0 }));

function startWriters(): void {
  while (queue.writers < writersLimit && queue.waiting.length > 0) {
    queue.writers++;
    const batch = takeBatch();
    void store(batch).finally(() => {
      queue.writers--;
      startWriters();
    });
  }
}

function takeBatch(): Request[] {
  let rowCount = 0;
  let byteLength = 0;
  let size = 0;
  for (const { encoded } of queue.waiting) {
    rowCount += encoded.rowCount;
    byteLength += encoded.byteLength;
    if (size > 0 && (rowCount > batchLimitRows || byteLength > batchLimitBytes)) break;
    size++;
  }
  const batch = queue.waiting.splice(0, size);
  for (const { encoded } of batch) queue.waitingBytes -= encoded.byteLength;
  return batch;
}

async function store(batch: Request[]): Promise<void> {
  const rows = batch.flatMap((request) => request.rows);
  try {
    await ensurePartitions(new Set(rows.map((row) => dayOf(row.span.startTimeUs))));
    const isStored = await copySpans(
      rows,
      batch.map((request) => request.encoded),
    );
    if (!isStored) await upsertSpans(rows);
    announceSpans(rows);
    for (const request of batch) request.resolve();
  } catch (error) {
    if (batch.length === 1 || !isFaultOfRows(error)) {
      for (const request of batch) request.reject(error);
      return;
    }
    // One request's row was refused by the database: the others must not fail with it.
    for (const request of batch) await store([request]);
  }
}

/** Data exceptions, integrity and program limits: 22xxx, 23xxx, 54xxx. Anything else is nobody's row. */
function isFaultOfRows(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(22|23|54)/.test(String(error.code));
}

class TwinFound extends Error {}

/** Whether the rows could be stored by COPY alone; false if one of them is already there. */
async function copySpans(rows: StoredSpan[], encoded: EncodedSpans[]): Promise<boolean> {
  try {
    await sql().begin(async (tx) => {
      const connection = tx as unknown as Sql;
      await copyInto(
        connection,
        "spans",
        spanColumns,
        encoded.map((each) => each.spans),
      );
      await copyInto(
        connection,
        "span_payloads",
        payloadColumns,
        encoded.map((each) => each.payloads),
      );
      if (await hasNeighbor(connection, rows)) throw new TwinFound();
      await markPending(connection, { written: rows, replaced: [] });
    });
    return true;
  } catch (error) {
    const isDuplicate = error instanceof Error && "code" in error && error.code === "23505";
    if (isDuplicate || error instanceof TwinFound) return false;
    throw error;
  }
}

/**
 * Whether a version of one of these spans lies in the partition of the day before or after its own, where the
 * partition's unique index can't see it: a span exported unfinished before midnight and again after it. Two index
 * probes per span; their windows let the planner prune to one partition each.
 */
async function hasNeighbor(tx: Sql, rows: StoredSpan[]): Promise<boolean> {
  const keys = [...new Set(rows.map((row) => dayOf(row.span.startTimeUs)))].map((day) => {
    const ofDay = rows.filter((row) => dayOf(row.span.startTimeUs) === day);
    return {
      day,
      projects: ofDay.map((row) => row.projectId),
      traces: ofDay.map((row) => row.span.traceId),
      spans: ofDay.map((row) => row.span.spanId),
    };
  });
  for (const { day, projects, traces, spans } of keys) {
    const dayMs = 86_400_000;
    const start = new Date(day * dayMs);
    const before = new Date((day - 1) * dayMs);
    const end = new Date((day + 1) * dayMs);
    const after = new Date((day + 2) * dayMs);
    const found = await tx`
      select 1 from unnest(${projects}::uuid[], ${traces}::uuid[], ${spans}::text[]) as k (project_id, trace_id, span_id)
      where exists (select 1 from spans s where s.trace_id = k.trace_id and s.span_id = decode(k.span_id, 'hex')
          and s.project_id = k.project_id and s.start_time >= ${before} and s.start_time < ${start})
        or exists (select 1 from spans s where s.trace_id = k.trace_id and s.span_id = decode(k.span_id, 'hex')
          and s.project_id = k.project_id and s.start_time >= ${end} and s.start_time < ${after})
      limit 1`;
    if (found.length > 0) return true;
  }
  return false;
}
