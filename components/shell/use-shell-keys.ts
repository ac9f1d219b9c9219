"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef } from "react";
import { isPageKey } from "../ui/keyboard.ts";
import { destinations, projectPath } from "./destinations.ts";

type ShellKeys = { slug: string; onPalette: () => void; onShortcuts: () => void };

/** ⌘K or ⌘⇧P (Ctrl elsewhere) opens the palette from anywhere; ? shows the keys; g and a letter within a second goes to a place. */
export function useShellKeys({ slug, onPalette, onShortcuts }: ShellKeys): void {
  const router = useRouter();
  const pressedG = useRef(0);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    const isPalette = key === "k" || (key === "p" && event.shiftKey);
    if ((event.metaKey || event.ctrlKey) && !event.altKey && isPalette) {
      event.preventDefault();
      onPalette();
      return;
    }
    if (!isPageKey(event)) return;
    const isSecond = event.timeStamp - pressedG.current < 1000;
    pressedG.current = 0;
    if (isSecond) {
      const place = destinations.find((each) => each.key === event.key);
      if (!place) return;
      event.preventDefault();
      event.stopPropagation();
      router.push(projectPath(slug, place.path));
    } else if (event.key === "g") {
      pressedG.current = event.timeStamp;
    } else if (event.key === "?") {
      event.preventDefault();
      onShortcuts();
    }
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);
}
