"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Looks every three seconds whether the first trace has arrived; the page then shows it by itself. */
export function WaitingForFirst() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => document.hidden || router.refresh(), 3000);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <span className="text-muted" role="status">
      Waiting for the first trace …
    </span>
  );
}
