"use client";

import { useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { Connection, ConnectionTest } from "#lib/models/schema.ts";
import { Button } from "../ui/button.tsx";
import { formatDuration } from "../ui/format.ts";
import { showError, showToast } from "../ui/toast.tsx";

type TestConnectionButtonProps = {
  connection: Connection;
  onTest: (id: string) => Promise<ActionResult<ConnectionTest>>;
};

/** Asks the provider for its models and says what came of it. */
export function TestConnectionButton({ connection, onTest }: TestConnectionButtonProps) {
  const [isPending, setPending] = useState(false);

  async function test() {
    setPending(true);
    try {
      const result = await onTest(connection.id);
      if (!result.ok) return showError(result.error.message);
      const { isReachable, message, latencyMs, models } = result.data;
      const description = [`Answered in ${formatDuration(latencyMs)}.`, models.slice(0, 5).join(", ")].join(
        " ",
      );
      if (isReachable) showToast(`${connection.name}: ${message}`, { description });
      else showError(`${connection.name}: ${message}`);
    } catch {
      showError("This server could not be reached. Check the network and try again.");
    } finally {
      setPending(false);
    }
  }

  return (
    <Button
      size="sm"
      isPending={isPending}
      onClick={() => void test()}
      aria-label={`Test ${connection.name}`}
    >
      Test
    </Button>
  );
}
