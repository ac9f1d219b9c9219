/**
 * One instance per process. Next bundles its own copy of every module it renders with, so a module-level
 * variable would exist twice in the one process: state that must be shared hangs on `globalThis`.
 */
export function singleton<T>(name: string, make: () => T): T {
  const key = Symbol.for(`stemma.${name}`);
  const home = globalThis as unknown as Record<symbol, T | undefined>;
  home[key] ??= make();
  return home[key];
}
