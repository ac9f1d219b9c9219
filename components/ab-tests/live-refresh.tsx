"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";

const everyMs = 10_000;

/** Keeps the report of a running test current while somebody looks at it; what is being read does not move. */
export function LiveRefresh() {
  const router = useRouter();
  const [isLive, setLive] = useState(true);
  const [isPending, startTransition] = useTransition();

  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(() => {
      // A dialog in which somebody writes is left in peace, and so is a page that nobody sees.
      if (
        document.visibilityState === "visible" &&
        !document.querySelector('[role="dialog"], [role="alertdialog"]')
      )
        startTransition(() => router.refresh());
    }, everyMs);
    return () => clearInterval(timer);
  }, [isLive, router]);

  return (
    <Button
      size="sm"
      variant="quiet"
      aria-pressed={isLive}
      title={isLive ? "Read again every ten seconds; press to hold still" : "Held still; press to go on"}
      onClick={() => setLive(!isLive)}
    >
      <span
        aria-hidden="true"
        className={`size-2 rounded-full ${isLive ? "bg-better" : "border border-border-strong"} ${isPending ? "opacity-50" : ""}`}
      />
      {isLive ? "Live" : "Held"}
    </Button>
  );
}
