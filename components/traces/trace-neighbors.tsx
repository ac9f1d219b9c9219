"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { traceHref } from "./span-links.ts";
import { neighborsOf } from "./trace-order.ts";

/** To the trace above and below in the list that led here; nothing where no list did. */
export function TraceNeighbors({ slug, traceId }: { slug: string; traceId: string }) {
  const router = useRouter();
  const [neighbors, setNeighbors] = useState<ReturnType<typeof neighborsOf>>({ previous: null, next: null });

  useEffect(() => {
    const found = neighborsOf(slug, traceId);
    setNeighbors(found);
    for (const each of [found.next, found.previous]) if (each) router.prefetch(traceHref(slug, each));
  }, [router, slug, traceId]);

  const { previous, next } = neighbors;
  if (!previous && !next) return null;
  return (
    <span className="inline-flex gap-1">
      <Button
        size="icon"
        variant="quiet"
        aria-label="Previous trace of the list"
        title="Previous trace (p)"
        disabled={!previous}
        onClick={() => previous && router.push(traceHref(slug, previous))}
      >
        <ChevronUp aria-hidden="true" />
      </Button>
      <Button
        size="icon"
        variant="quiet"
        aria-label="Next trace of the list"
        title="Next trace (n)"
        disabled={!next}
        onClick={() => next && router.push(traceHref(slug, next))}
      >
        <ChevronDown aria-hidden="true" />
      </Button>
    </span>
  );
}
