"use client";

import { Button, LinkButton } from "../ui/button.tsx";

type PageErrorProps = {
  /** The mark under which the server logged it. */
  digest?: string;
  onRetry: () => void;
};

/** In place of a page that could not be made. */
export function PageError({ digest, onRetry }: PageErrorProps) {
  return (
    <section role="alert" className="flex flex-col gap-4 py-6">
      <div>
        <h1 className="text-lg font-semibold">This page could not be shown</h1>
        <p className="mt-1 max-w-prose text-sm text-muted">
          The server failed while making it; nothing you did was lost there. Try again; if it fails again, the
          server's log says why
          {digest ? <> under the mark {<code className="text-text">{digest}</code>}</> : null}.
        </p>
      </div>
      <div className="flex gap-2">
        <Button variant="primary" onClick={onRetry}>
          Try again
        </Button>
        <LinkButton href="/">Go to your project</LinkButton>
      </div>
    </section>
  );
}
