/** A reproducible stream of draws, for simulations and tests. */
export interface RandomStream {
  /** Uniform on [0, 1). */
  uniform(): number;
  normal(): number;
  /** Uniform on {0, …, below − 1}. */
  integer(below: number): number;
  bernoulli(p: number): 0 | 1;
  poisson(mean: number): number;
}

/** sfc32 (PractRand's small fast counting generator) seeded by an integer: equal seeds give equal streams. */
export function randomStream(seed: number): RandomStream {
  let [a, b, c, counter] = [0x9e3779b9, seed | 0, (seed ^ 0xdeadbeef) | 0, 1];
  let spare: number | null = null;
  const next = () => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    c |= 0;
    return out >>> 0;
  };
  for (let i = 0; i < 16; i++) next();
  const uniform = () => next() / 2 ** 32;
  const normal = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const poisson = (mean: number) => {
    const limit = Math.exp(-mean);
    let product = uniform();
    let count = 0;
    while (product > limit) {
      product *= uniform();
      count += 1;
    }
    return count;
  };
  return {
    uniform,
    normal,
    poisson,
    integer: (below) => Math.floor(uniform() * below),
    bernoulli: (p) => (uniform() < p ? 1 : 0),
  };
}
