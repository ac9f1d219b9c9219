import { EmptyState } from "#components/ui/empty-state.tsx";

/** Inside a project the frame stays: only the thing is missing. */
export default function ProjectNotFound() {
  return (
    <EmptyState title="There is nothing at this address">
      It may have been deleted, archived or renamed. Press ⌘K to find it by its name.
    </EmptyState>
  );
}
