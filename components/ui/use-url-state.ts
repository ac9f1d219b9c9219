"use client";

import { usePathname, useSearchParams } from "next/navigation";

/**
 * State that is part of the address, so that a link shows what its sender saw. What is not one of `allowed` counts as
 * `initial`, which is left out of the address. Changing it adds nothing to the history and asks the server nothing.
 */
export function useUrlState<T extends string>(
  name: string,
  initial: T,
  allowed: readonly T[],
): [T, (next: T) => void] {
  const params = useSearchParams();
  const pathname = usePathname();
  const given = params.get(name);
  const value = allowed.find((each) => each === given) ?? initial;

  function set(next: T) {
    const changed = new URLSearchParams(window.location.search);
    if (next === initial) changed.delete(name);
    else changed.set(name, next);
    const query = changed.toString();
    window.history.replaceState(null, "", `${pathname}${query ? `?${query}` : ""}${window.location.hash}`);
  }
  return [value, set];
}
