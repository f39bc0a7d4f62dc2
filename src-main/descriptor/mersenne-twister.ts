/**
 * Normally distributed pseudo-random numbers that are those of numpy's `RandomState(seed).standard_normal`: where noise
 * decides between ties, scores agree with scikit-learn's only for the same noise. For anything else there is random.ts.
 */

const size = 624;
const middle = 397;

/**
 * MT19937 (Matsumoto & Nishimura, ACM TOMACS 1998).
 * @param seed an integer from 0 to 2³² − 1
 * @returns a source of integers from 0 to 2³² − 1
 */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) {
    state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  }
  let position = size;
  const renew = () => {
    for (let i = 0; i < size; i++) {
      const mixed = (state[i] & 0x80000000) | (state[(i + 1) % size] & 0x7fffffff);
      state[i] = state[(i + middle) % size] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    position = 0;
  };
  return () => {
    if (position === size) renew();
    let number = state[position++];
    number ^= number >>> 11;
    number ^= (number << 7) & 0x9d2c5680;
    number ^= (number << 15) & 0xefc60000;
    return (number ^ (number >>> 18)) >>> 0;
  };
}

/**
 * Mean zero and deviation one, by the polar method (Marsaglia & Bray, SIAM Review 1964).
 * @param seed an integer from 0 to 2³² − 1
 */
export function normalNumbers(seed: number): () => number {
  const integer = mersenneTwister(seed);
  // 53 bits out of two integers.
  const uniform = () => ((integer() >>> 5) * 2 ** 26 + (integer() >>> 6)) / 2 ** 53;
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const number = spare;
      spare = null;
      return number;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const squares = x * x + y * y;
      if (squares >= 1 || squares === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squares)) / squares);
      spare = factor * x;
      return factor * y;
    }
  };
}
