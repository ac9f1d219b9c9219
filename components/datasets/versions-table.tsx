import Link from "next/link";
import type { DatasetVersion } from "#lib/datasets/schema.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { formatCount } from "../ui/format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table, Td, Th } from "../ui/table.tsx";

export type VersionRow = DatasetVersion & {
  /** Against the version before; null for the first. */
  change: { addedCount: number; removedCount: number } | null;
};

type VersionsTableProps = { versions: readonly VersionRow[]; basePath: string; currentId: string };

export function VersionsTable({ versions, basePath, currentId }: VersionsTableProps) {
  return (
    <Table label="Versions" className="min-w-[44rem]">
      <thead>
        <tr>
          <Th>Version</Th>
          <Th isNumeric>Items</Th>
          <Th isNumeric>Change</Th>
          <Th>Message</Th>
          <Th>Content hash</Th>
          <Th>Imported</Th>
        </tr>
      </thead>
      <tbody>
        {versions.map((version) => (
          <tr key={version.id} aria-current={version.id === currentId || undefined}>
            <Td className="font-medium">
              <Link className="hover:underline" href={`${basePath}?version=${version.number}`}>
                v{version.number}
              </Link>
              {version.id === currentId && <span className="text-xs font-normal text-muted"> shown</span>}
            </Td>
            <Td isNumeric>{formatCount(version.itemCount)}</Td>
            <Td isNumeric className="whitespace-nowrap">
              {version.change ? (
                <>
                  <span className="text-better">+{formatCount(version.change.addedCount)}</span>{" "}
                  <span className="text-worse">−{formatCount(version.change.removedCount)}</span>
                </>
              ) : (
                <span className="text-muted">first</span>
              )}
            </Td>
            <Td className="max-w-80 truncate">{version.message}</Td>
            <Td>
              <CopyId id={version.digest} shown={12} label="content hash" />
            </Td>
            <Td className="whitespace-nowrap">
              <RelativeTime value={version.createdAt} />{" "}
              <span className="text-muted">by {version.authorName}</span>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
