import Papa from "papaparse";
import { AppError } from "#lib/core/errors.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import { type DatasetItemInput, datasetItemInput } from "./schema.ts";

export type UploadFormat = "csv" | "json" | "jsonl";

/**
 * The items in an uploaded text. A record that has an `input` is an item as it stands; of any other, `key`,
 * `expected` and `metadata` (or `metadata.x`, `expected.x`) are taken as such and all else is the input's
 * members. CSV cells are text. Throws `invalid_input` naming the line or item. Pure.
 */
export function parseItems(text: string, format: UploadFormat): DatasetItemInput[] {
  const clean = text.replace(/^\uFEFF/, "");
  if (format === "csv") return parseCsv(clean).map(toItem);
  if (format === "jsonl") return parseLines(clean).map(toItem);
  const value = parseJson(clean, "The text");
  const records = Array.isArray(value) ? value : isRecord(value) ? value.items : undefined;
  if (!Array.isArray(records))
    throw new AppError("invalid_input", "The JSON must be a list of items, or an object with `items`.");
  return records.map(toItem);
}

/** Which format a file or a pasted text is, by its name's ending, else by how it begins. */
export function detectFormat(text: string, fileName = ""): UploadFormat {
  const ending = fileName.toLowerCase().split(".").at(-1);
  if (ending === "csv" || ending === "tsv") return "csv";
  if (ending === "jsonl" || ending === "ndjson") return "jsonl";
  const start = text.replace(/^\uFEFF/, "").trimStart();
  if (start.startsWith("[")) return "json";
  if (!start.startsWith("{")) return "csv";
  const firstLine = start.slice(0, start.indexOf("\n") >>> 0);
  return isJson(firstLine) && start.length > firstLine.length ? "jsonl" : isJson(start) ? "json" : "jsonl";
}

function parseCsv(text: string): Json[] {
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: "greedy",
  });
  // One column has no delimiter to detect: that is no fault.
  const fault = errors.find((error) => error.type !== "Delimiter");
  if (fault) throw new AppError("invalid_input", `Row ${(fault.row ?? 0) + 2} of the CSV: ${fault.message}.`);
  if (!meta.fields?.some((field) => field.trim() !== ""))
    throw new AppError("invalid_input", "The CSV needs a first row that names its columns.");
  return data;
}

function parseLines(text: string): Json[] {
  return text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => parseJson(line, `Line ${number}`));
}

function toItem(record: Json, index: number): DatasetItemInput {
  if (!isRecord(record)) throw refuse(index, "", "must be an object");
  const parsed = datasetItemInput.safeParse("input" in record ? pickItem(record) : spreadItem(record));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw refuse(index, issue.path.map(String).join("."), issue.message);
}

const itemFields = new Set(["key", "input", "expected", "metadata", "sourceTraceId", "sourceSpanId"]);

function pickItem(record: JsonObject): Json {
  const isPlain = Object.keys(record).every((name) => itemFields.has(name));
  return isPlain ? withoutNulls(record) : spreadItem(record);
}

function spreadItem(record: JsonObject): JsonObject {
  const input: JsonObject = {};
  const grouped: Record<"expected" | "metadata", JsonObject> = { expected: {}, metadata: {} };
  const item: JsonObject = {};
  for (const [name, value] of Object.entries(record)) {
    const [group, ...rest] = name.split(".");
    if ((group === "expected" || group === "metadata") && rest.length > 0)
      grouped[group][rest.join(".")] = value;
    else if (name === "key" || name === "expected" || name === "metadata") item[name] = value;
    else input[group === "input" && rest.length > 0 ? rest.join(".") : name] = value;
  }
  for (const [group, members] of Object.entries(grouped))
    if (Object.keys(members).length > 0) item[group] = members;
  return withoutNulls({ ...item, input });
}

/** An empty key or expected cell means that there is none. */
function withoutNulls(item: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(item).filter(
      ([name, value]) => name === "input" || (value !== null && !(value === "" && name !== "metadata")),
    ),
  );
}

function parseJson(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new AppError("invalid_input", `${where} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(index: number, path: string, fault: string): AppError {
  const message = `Item ${index}${path ? `, ${path}` : ""}: ${fault}`;
  return new AppError("invalid_input", message, {
    issues: [{ path: `items.${index}${path && `.${path}`}`, message: fault }],
  });
}
