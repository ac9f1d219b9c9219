/**
 * 32-bit FNV-1a over UTF-16 code units, as GrowthBook's SDKs compute it (`packages/sdk-js/src/util.ts`). For ASCII
 * text this equals FNV-1a over bytes; beyond ASCII it does not, which is why our own hash version 3 is murmur3.
 */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
