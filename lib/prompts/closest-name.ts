/** The name that was probably meant: the one with the fewest letters to change, if they are few; undefined if none is close. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const most = name.length < 4 ? 1 : 2;
  let best: string | undefined;
  let bestDistance = most + 1;
  for (const each of names) {
    if (Math.abs(each.length - name.length) > most) continue;
    const distance = distanceBetween(name.toLowerCase(), each.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [each, distance];
  }
  return best;
}

/** Letters to insert, remove or replace (Levenshtein). */
function distanceBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      line.push(Math.min(replaced, above[column]! + 1, line[column - 1]! + 1));
    }
    above = line;
  }
  return above[b.length]!;
}
