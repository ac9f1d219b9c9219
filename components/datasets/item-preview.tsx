import type { Json } from "#lib/core/json.ts";
import type { DatasetItemInput } from "#lib/datasets/schema.ts";
import { countOf } from "../ui/format.ts";
import { Table, Td, Th } from "../ui/table.tsx";

const shownItems = 5;

/** The first items as they will be imported. */
export function ItemPreview({ items }: { items: readonly DatasetItemInput[] }) {
  return (
    <div>
      <p className="mb-1 text-xs text-muted" aria-live="polite">
        {countOf(items.length, "item")} to import
        {items.length > shownItems && `; the first ${shownItems} are`}
      </p>
      <Table label="First items" className="table-fixed">
        <thead>
          <tr>
            <Th>Input</Th>
            <Th>Expected</Th>
            <Th className="hidden w-24 sm:table-cell">Key</Th>
          </tr>
        </thead>
        <tbody>
          {items.slice(0, shownItems).map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a preview never reorders
            <tr key={index}>
              <Td className="truncate font-mono text-xs">{inputText(item.input)}</Td>
              <Td className="truncate font-mono text-xs">{expectedText(item.expected ?? null)}</Td>
              <Td className="hidden truncate font-mono text-xs text-muted sm:table-cell">{item.key ?? ""}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** An input as people read it: an object of plain values as "country: France"; anything else as `jsonText`. */
export function inputText(input: Json): string {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return jsonText(input);
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${jsonText(value)}`)
    .join("\n");
}

/** What is expected; of a list, any of its answers. */
export function expectedText(expected: Json): string {
  return Array.isArray(expected) ? expected.map(jsonText).join(" or ") : jsonText(expected);
}

/** A value on one line: text as it is, anything else as JSON, nothing for null. */
export function jsonText(value: Json): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
