import { AppError } from "#lib/core/errors.ts";
import { singleton } from "#lib/core/singleton.ts";
import { copyInto } from "#lib/db/copy.ts";
import { type Sql, writerSql } from "#lib/db/postgres.ts";
import { announceSpans } from "./announce.ts";
import { markPending } from "./mark-pending.ts";
import { hasVersionInOtherDay, recordOpenSpans } from "./open-spans.ts";
import { dayOf, ensurePartitions } from "./partitions.ts";
import { settleLeafCalls } from "./settle-leaf-calls.ts";
import { joinPendingOf } from "./span-events.ts";
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
 * wait together and share the next one; no two in flight hold spans of the same trace, so that each sees what the
 * other wrote of it. COPY comes first; a batch of which some span is already stored is rolled back and goes the
 * slower, merging way. Once the waiting requests hold `waitingLimitBytes` a new one is refused with `unavailable`.
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
    const traceIds = [...new Set(rows.map((row) => row.span.traceId))];
    queue.waiting.push({ rows, encoded, traceIds, resolve, reject });
    queue.waitingBytes += encoded.byteLength;
    queue.waitingRows += encoded.rowCount;
    scheduleWriters();
  });
}

type Request = {
  rows: StoredSpan[];
  encoded: EncodedSpans;
  traceIds: string[];
  resolve: () => void;
  reject: (error: unknown) => void;
};

const waitingLimitBytes = 96 * 1024 * 1024;
const batchLimitRows = 4000;
const batchLimitBytes = 16 * 1024 * 1024;
const writersLimit = 2;
/** Below so many waiting spans a second transaction would only halve the first one's next batch, and double its cost. */
const secondWriterRows = 500;

const queue = singleton("span-writer", () => ({
  waiting: [] as Request[],
  waitingBytes: 0,
  waitingRows: 0,
  isScheduled: false,
  writers: 0,
  /** The traces of which a transaction in flight writes spans. */
  inFlight: new Set<string>(),
}));

/** Once what else has arrived is read too: requests of one turn of the loop share a transaction. */
function scheduleWriters(): void {
  if (queue.isScheduled) return;
  queue.isScheduled = true;
  setImmediate(() => {
    queue.isScheduled = false;
    startWriters();
  });
}

function startWriters(): void {
  while (
    queue.waiting.length > 0 &&
    (queue.writers === 0 || (queue.writers < writersLimit && queue.waitingRows >= secondWriterRows))
  ) {
    const { batch, traceIds } = takeBatch();
    if (batch.length === 0) return;
    queue.writers++;
    void store(batch, traceIds).finally(() => {
      queue.writers--;
      for (const traceId of traceIds) queue.inFlight.delete(traceId);
      scheduleWriters();
    });
  }
}

/** The oldest waiting requests none of whose traces is in flight. */
function takeBatch(): { batch: Request[]; traceIds: string[] } {
  const batch: Request[] = [];
  const left: Request[] = [];
  const traceIds = new Set<string>();
  let rowCount = 0;
  let byteLength = 0;
  for (const request of queue.waiting) {
    const { encoded } = request;
    const isFull =
      batch.length > 0 &&
      (rowCount + encoded.rowCount > batchLimitRows || byteLength + encoded.byteLength > batchLimitBytes);
    if (isFull || request.traceIds.some((traceId) => queue.inFlight.has(traceId))) {
      left.push(request);
      continue;
    }
    batch.push(request);
    rowCount += encoded.rowCount;
    byteLength += encoded.byteLength;
    for (const traceId of request.traceIds) traceIds.add(traceId);
  }
  queue.waiting = left;
  queue.waitingBytes -= byteLength;
  queue.waitingRows -= rowCount;
  for (const traceId of traceIds) queue.inFlight.add(traceId);
  return { batch, traceIds: [...traceIds] };
}

async function store(batch: Request[], traceIds: string[]): Promise<void> {
  const rows = batch.flatMap((request) => request.rows);
  try {
    await ensurePartitions(new Set(rows.map((row) => dayOf(row.span.startTimeUs))));
    const isStored = await copySpans(
      rows,
      batch.map((request) => request.encoded),
      traceIds,
    );
    if (!isStored) await upsertSpans(rows);
    announceSpans(rows);
    await joinPendingOf(rows, traceIds);
    for (const request of batch) request.resolve();
  } catch (error) {
    if (batch.length === 1 || !isFaultOfRows(error)) {
      for (const request of batch) request.reject(error);
      return;
    }
    // One request's row was refused by the database: the others must not fail with it.
    for (const request of batch) await store([request], request.traceIds);
  }
}

/** Data exceptions, integrity and program limits: 22xxx, 23xxx, 54xxx. Anything else is nobody's row. */
function isFaultOfRows(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(22|23|54)/.test(String(error.code));
}

class VersionFound extends Error {}

/** Whether the rows could be stored by COPY alone; false if one of them is already there. */
async function copySpans(rows: StoredSpan[], encoded: EncodedSpans[], traceIds: string[]): Promise<boolean> {
  try {
    await writerSql().begin(async (tx) => {
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
      if (await hasVersionInOtherDay(connection, rows, traceIds)) throw new VersionFound();
      await recordOpenSpans(connection, rows);
      await settleLeafCalls(connection, rows);
      await markPending(connection, { written: rows, replaced: [] });
    });
    return true;
  } catch (error) {
    if (
      error instanceof VersionFound ||
      (error instanceof Error && "code" in error && mergedCodes.has(error.code))
    )
      return false;
    throw error;
  }
}

/** unique_violation; a deadlock or a serialization failure with another process' writer. */
const mergedCodes = new Set<unknown>(["23505", "40P01", "40001"]);
