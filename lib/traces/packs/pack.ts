import { deflateRawSync, inflateRawSync } from "node:zlib";
import { idAt, toWords } from "./id-set.ts";
import { NameList } from "./name-list.ts";
import type { Signature, TraceDoc } from "./trace-doc.ts";

/**
 * Up to 32,768 traces of one project, in order of (start, id), column by column: a question of one column reads
 * that column. A trace is known by its ordinal. The pack never changes; what became of its traces since is told
 * beside it.
 */
export type Pack = { count: number; columns: Columns; terms: ReadonlyMap<string, readonly number[]> };

export const packLimit = 32_768;

export type Columns = {
  /** Four words an id. */
  ids: Uint32Array;
  /** Microseconds since 1970, ascending. */
  starts: Float64Array;
  /** Microseconds; NaN while a root has not ended. */
  durations: Float64Array;
  /** US dollars; NaN where no call has a known cost. */
  costs: Float64Array;
  /** -1 where no call says it. */
  inputTokens: Int32Array;
  outputTokens: Int32Array;
  /** Milliseconds; NaN where no call says it. */
  firstTokens: Float32Array;
  /** 1 where a span failed. */
  errors: Uint8Array;
  /** Which set of signatures (in `catalogue`) each trace's spans have. */
  sets: Uint16Array;
  catalogue: Catalogue;
  /** 1 + the place in `users`; 0 for none. */
  userRefs: Uint16Array;
  users: NameList;
  sessionRefs: Uint16Array;
  sessions: NameList;
};
export type ColumnName = keyof Columns;

/** The spans' signatures, the sets of them that traces have, and how many traces have each set. */
export type Catalogue = { signatures: Signature[]; sets: number[][]; counts: number[] };

/** A pack of at most `packLimit` docs. */
export function buildPack(docs: readonly TraceDoc[]): Pack {
  const sorted = docs.toSorted((a, b) => a.startUs - b.startUs || (a.traceId < b.traceId ? -1 : 1));
  const count = sorted.length;
  const terms = new Map<string, number[]>();
  for (const [ordinal, doc] of sorted.entries()) {
    for (const term of doc.terms) {
      const ordinals = terms.get(term);
      if (ordinals) ordinals.push(ordinal);
      else terms.set(term, [ordinal]);
    }
  }
  const users = NameList.of(new Set(sorted.flatMap((doc) => doc.userId ?? [])));
  const sessions = NameList.of(new Set(sorted.flatMap((doc) => doc.sessionId ?? [])));
  const { sets, catalogue } = buildSets(sorted.map((doc) => doc.signatures));
  const columns: Columns = {
    ids: toWords(Buffer.from(sorted.map((doc) => doc.traceId).join(""), "hex")),
    starts: Float64Array.from(sorted, (doc) => doc.startUs),
    durations: Float64Array.from(sorted, (doc) => doc.durationUs ?? Number.NaN),
    costs: Float64Array.from(sorted, (doc) => doc.costUsd ?? Number.NaN),
    inputTokens: Int32Array.from(sorted, (doc) => tokensOf(doc.inputTokens)),
    outputTokens: Int32Array.from(sorted, (doc) => tokensOf(doc.outputTokens)),
    firstTokens: Float32Array.from(sorted, (doc) => doc.firstTokenMs ?? Number.NaN),
    errors: Uint8Array.from(sorted, (doc) => Number(doc.hasError)),
    sets,
    catalogue,
    userRefs: Uint16Array.from(sorted, (doc) => refOf(users, doc.userId)),
    users,
    sessionRefs: Uint16Array.from(sorted, (doc) => refOf(sessions, doc.sessionId)),
    sessions,
  };
  return { count, columns, terms };
}

/** One pack of what is in several, without the traces that `isGone` names; at most `packLimit` are left. */
export function mergePacks(packs: readonly Pack[], isGone: (pack: number, ordinal: number) => boolean): Pack {
  const sources: { pack: number; ordinal: number }[] = [];
  for (const [pack, { count }] of packs.entries()) {
    for (let ordinal = 0; ordinal < count; ordinal++) {
      if (!isGone(pack, ordinal)) sources.push({ pack, ordinal });
    }
  }
  const columnsOf = (source: (typeof sources)[number]) => packs[source.pack]!.columns;
  sources.sort((a, b) => {
    const order = columnsOf(a).starts[a.ordinal]! - columnsOf(b).starts[b.ordinal]!;
    if (order !== 0) return order;
    return idAt(columnsOf(a).ids, a.ordinal) < idAt(columnsOf(b).ids, b.ordinal) ? -1 : 1;
  });
  const count = sources.length;
  const take = <Name extends NumberColumn>(name: Name, Type: new (length: number) => Columns[Name]) => {
    const to = new Type(count);
    for (const [at, source] of sources.entries()) to[at] = columnsOf(source)[name][source.ordinal]!;
    return to;
  };
  const ids = new Uint32Array(count * 4);
  for (const [at, source] of sources.entries()) {
    ids.set(columnsOf(source).ids.subarray(source.ordinal * 4, source.ordinal * 4 + 4), at * 4);
  }
  const namesOf = (refs: "userRefs" | "sessionRefs", names: "users" | "sessions") => {
    const each = sources.map((source) => {
      const ref = columnsOf(source)[refs][source.ordinal]!;
      return ref === 0 ? null : columnsOf(source)[names].at(ref - 1);
    });
    const list = NameList.of(new Set(each.filter((name) => name !== null)));
    return { list, refs: Uint16Array.from(each, (name) => refOf(list, name)) };
  };
  const users = namesOf("userRefs", "users");
  const sessions = namesOf("sessionRefs", "sessions");
  const { sets, catalogue } = buildSets(
    sources.map((source) => {
      const { catalogue: own, sets: ownSets } = columnsOf(source);
      return own.sets[ownSets[source.ordinal]!]!.map((index) => own.signatures[index]!);
    }),
  );
  return {
    count,
    columns: {
      ids,
      starts: take("starts", Float64Array),
      durations: take("durations", Float64Array),
      costs: take("costs", Float64Array),
      inputTokens: take("inputTokens", Int32Array),
      outputTokens: take("outputTokens", Int32Array),
      firstTokens: take("firstTokens", Float32Array),
      errors: take("errors", Uint8Array),
      sets,
      catalogue,
      userRefs: users.refs,
      users: users.list,
      sessionRefs: sessions.refs,
      sessions: sessions.list,
    },
    terms: mergeTerms(packs, sources),
  };
}

type NumberColumn =
  | "starts"
  | "durations"
  | "costs"
  | "inputTokens"
  | "outputTokens"
  | "firstTokens"
  | "errors";

function mergeTerms(packs: readonly Pack[], sources: readonly { pack: number; ordinal: number }[]) {
  const places = packs.map(({ count }) => new Int32Array(count).fill(-1));
  for (const [at, { pack, ordinal }] of sources.entries()) places[pack]![ordinal] = at;
  const merged = new Map<string, number[]>();
  for (const [index, { terms }] of packs.entries()) {
    const own = places[index]!;
    for (const [term, ordinals] of terms) {
      const to = merged.get(term) ?? [];
      for (const ordinal of ordinals) if (own[ordinal]! >= 0) to.push(own[ordinal]!);
      if (to.length > 0) merged.set(term, to);
    }
  }
  for (const ordinals of merged.values()) if (ordinals.length > 1) ordinals.sort((a, b) => a - b);
  return merged;
}

function buildSets(signaturesOf: readonly (readonly Signature[])[]): {
  sets: Uint16Array;
  catalogue: Catalogue;
} {
  const catalogue: Catalogue = { signatures: [], sets: [], counts: [] };
  const signatureAt = new Map<string, number>();
  const setAt = new Map<string, number>();
  const sets = Uint16Array.from(signaturesOf, (signatures) => {
    const own = signatures.map((signature) => {
      const key = signature.join("\u0001");
      let index = signatureAt.get(key);
      if (index === undefined) {
        index = catalogue.signatures.push(signature) - 1;
        signatureAt.set(key, index);
      }
      return index;
    });
    own.sort((a, b) => a - b);
    const key = own.join(",");
    let index = setAt.get(key);
    if (index === undefined) {
      index = catalogue.sets.push(own) - 1;
      catalogue.counts.push(0);
      setAt.set(key, index);
    }
    catalogue.counts[index]!++;
    return index;
  });
  return { sets, catalogue };
}

function tokensOf(tokens: number | null): number {
  return tokens === null ? -1 : Math.min(tokens, 2 ** 31 - 1);
}

function refOf(names: NameList, name: string | null): number {
  return name === null ? 0 : names.find(Buffer.from(name)) + 1;
}

type Codec<Value> = { encode(value: Value): Buffer; decode(bytes: Buffer): Value };

const codecs: { [Name in ColumnName]: Codec<Columns[Name]> } = {
  ids: { encode: bytesOf, decode: toWords },
  starts: numbers(Float64Array),
  durations: numbers(Float64Array),
  costs: numbers(Float64Array),
  inputTokens: numbers(Int32Array),
  outputTokens: numbers(Int32Array),
  firstTokens: numbers(Float32Array),
  errors: numbers(Uint8Array),
  sets: numbers(Uint16Array),
  catalogue: {
    encode: (value) => deflate(Buffer.from(JSON.stringify(value))),
    decode: (bytes) => intern(JSON.parse(inflateRawSync(bytes).toString()) as Catalogue),
  },
  userRefs: numbers(Uint16Array),
  users: { encode: (list) => deflate(list.bytes), decode: (bytes) => new NameList(inflateRawSync(bytes)) },
  sessionRefs: numbers(Uint16Array),
  sessions: { encode: (list) => deflate(list.bytes), decode: (bytes) => new NameList(inflateRawSync(bytes)) },
};

export const columnNames = Object.keys(codecs) as ColumnName[];

export function encodeColumn<Name extends ColumnName>(name: Name, value: Columns[Name]): Buffer {
  return codecs[name].encode(value);
}

export function decodeColumn<Name extends ColumnName>(name: Name, bytes: Buffer): Columns[Name] {
  return codecs[name].decode(bytes);
}

/** What a decoded column takes of memory, about. */
export function sizeOfColumn(value: Columns[ColumnName]): number {
  if (value instanceof NameList) return value.bytes.length;
  if ("byteLength" in value) return value.byteLength;
  return value.signatures.length * 160 + value.sets.length * 60;
}

/** Signatures are made of the same few words: kept once, they take a third of the memory. */
function intern({ signatures, ...catalogue }: Catalogue): Catalogue {
  const known = new Map<string, string>();
  const same = (value: string | null) => {
    if (value === null) return null;
    const first = known.get(value);
    if (first !== undefined) return first;
    known.set(value, value);
    return value;
  };
  return { ...catalogue, signatures: signatures.map((signature) => signature.map(same)) };
}

function numbers<Type extends Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array>(
  Type: new (buffer: ArrayBufferLike, offset: number, length: number) => Type,
): Codec<Type> {
  return {
    encode: (value) => deflate(bytesOf(value)),
    decode: (bytes) => {
      const plain = inflateRawSync(bytes);
      const width = (Type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
      const aligned = plain.byteOffset % width === 0 ? plain : Buffer.from(new Uint8Array(plain).buffer);
      return new Type(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
    },
  };
}

/** Level 1 halves starts and costs at 60 MB/s; ids are random and stay as they are. */
function deflate(bytes: Buffer): Buffer {
  return deflateRawSync(bytes, { level: 1 });
}

function bytesOf(value: NodeJS.TypedArray): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
