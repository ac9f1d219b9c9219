"use client";

import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { Skeleton } from "./skeleton.tsx";

type LazyPartProps<Props extends object> = {
  /** Fetches the component; the same function at every render. */
  load: () => Promise<ComponentType<Props>>;
  props: Props;
  /** What stands for it meanwhile. */
  fallback?: ReactNode;
};

/** A part that is fetched when it is first shown, so that the page's own script stays small. */
export function LazyPart<Props extends object>({
  load,
  props,
  fallback = <Skeleton className="h-40" />,
}: LazyPartProps<Props>) {
  const [Part, setPart] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    let isGone = false;
    void load().then((loaded) => {
      if (!isGone) setPart(() => loaded);
    });
    return () => {
      isGone = true;
    };
  }, [load]);
  return Part ? <Part {...props} /> : fallback;
}
