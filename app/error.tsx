"use client";

import { PageError } from "#components/shell/page-error.tsx";

export default function RootError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main className="mx-auto max-w-2xl px-5 pt-[12dvh]">
      <PageError digest={error.digest} onRetry={reset} />
    </main>
  );
}
