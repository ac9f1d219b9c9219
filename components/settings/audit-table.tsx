import type { Json } from "#lib/core/json.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table, Td, Th } from "../ui/table.tsx";

export type AuditEntry = {
  id: string;
  at: string;
  actorType: string;
  actorName: string;
  action: string;
  subjectType: string;
  subjectName: string;
  before: Json;
  after: Json;
  reason: string | null;
};

/** Who changed what, when and why; the values before and after open in place. */
export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <Table label="Audit log" className="min-w-[44rem]">
      <thead>
        <tr>
          <Th className="w-32">When</Th>
          <Th className="w-44">Who</Th>
          <Th className="w-52">Did</Th>
          <Th>To what, and why</Th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <Td className="align-top whitespace-nowrap text-muted">
              <RelativeTime value={entry.at} />
            </Td>
            <Td className="align-top">
              {entry.actorName}
              {entry.actorType !== "user" && (
                <span className="block text-xs text-muted">
                  {entry.actorType === "api_key" ? "API key" : "Stemma"}
                </span>
              )}
            </Td>
            <Td className="align-top">{actionText(entry.action)}</Td>
            <Td className="align-top">
              <span className="font-medium">{entry.subjectName}</span>{" "}
              <span className="text-xs text-muted">{entry.subjectType.replaceAll("_", " ")}</span>
              {entry.reason && <q className="block text-muted">{entry.reason}</q>}
              {(entry.before !== null || entry.after !== null) && (
                <details className="mt-0.5">
                  <summary className="cursor-default text-xs text-muted hover:text-text">
                    Before and after
                  </summary>
                  <div className="mt-1 grid gap-2 lg:grid-cols-2">
                    <Values title="Before" value={entry.before} />
                    <Values title="After" value={entry.after} />
                  </div>
                </details>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Values({ title, value }: { title: string; value: Json }) {
  return (
    <div className="min-w-0 rounded-md bg-sunken px-2.5 py-1.5">
      <div className="text-xs text-muted">{title}</div>
      <pre className="max-h-60 overflow-auto text-xs break-words whitespace-pre-wrap">
        {value === null ? "nothing" : JSON.stringify(value, null, 2)}
      </pre>
    </div>
  );
}

/** `api_key.revoked` → "API key revoked". */
function actionText(action: string): string {
  const text = action
    .replaceAll(/[._]/g, " ")
    .replace(/^api key/, "API key")
    .replace(/^ab test/, "A/B test");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
