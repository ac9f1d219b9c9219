"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { promptHref } from "./prompt-href.ts";

/** Alt with the left arrow goes to the version before, with the right arrow to the one after; not while text is written. */
export function useVersionKeys(input: {
  slug: string;
  name: string;
  number: number;
  latestNumber: number;
}): void {
  const router = useRouter();
  const latest = useRef(input);
  latest.current = input;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!event.altKey || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
      if (step === 0 || isWriting(event.target)) return;
      const { slug, name, number, latestNumber } = latest.current;
      const next = number + step;
      event.preventDefault();
      if (next < 1 || next > latestNumber) return;
      router.push(promptHref(slug, name, next === latestNumber ? undefined : `version=${next}`), {
        scroll: false,
      });
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [router]);
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, [role=dialog], [role=menu]") !== null)
  );
}
