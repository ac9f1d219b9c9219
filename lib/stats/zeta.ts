/**
 * Riemann's ζ(s) for real s > 1: twenty terms and the Euler–Maclaurin remainder (DLMF 25.2.9), to about 1e-15.
 * @throws RangeError unless s > 1.
 */
export function zeta(s: number): number {
  if (!(s > 1)) throw new RangeError(`ζ diverges at s = ${s}`);
  const n = 20;
  let sum = 0;
  for (let k = 1; k < n; k++) sum += k ** -s;
  const head = n ** (1 - s) / (s - 1) + 0.5 * n ** -s;
  const first = (s * n ** (-s - 1)) / 12;
  const second = (s * (s + 1) * (s + 2) * n ** (-s - 3)) / 720;
  const third = (s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * n ** (-s - 5)) / 30_240;
  return sum + head + first - second + third;
}
