/** Chooses the feature maps of a network that are worth tapping, by the shapes that they have for a test picture. */
import type { TapPlan } from './onnx/extraction-graph.ts';
import type { Candidate } from './onnx/exploration-graph.ts';

/** A candidate with what it was for a test picture. */
export interface SeenCandidate extends Candidate {
  dims: readonly number[];
  least: number;
  most: number;
}

export interface ProposedTap extends TapPlan {
  channels: number;
  /** Pixels of the picture to one position; 0 for what stands for the whole picture. */
  stride: number;
}

/** Maps with more positions than this tell of nothing but edges. */
const leastStride = 4;
/** Fewer channels are masks or gates. */
const leastChannels = 8;
/** Activations go below zero by so much at most (hard swish: 0.375); what goes further has a sign that tells. */
const mostNegative = 0.4;
/** Maps with as many channels as ImageNet has classes are a classifier's scores. */
const classCounts = new Set([1000, 1001, 21_841, 21_843]);
const mostDistortion = 0.2;
/** Tokens that stand for no place: the class token, and registers. */
const mostExtraTokens = 8;

/**
 * For convolutional networks, at each resolution the last activation before the next drop, of the widest ones: the inner
 * ones of a bottleneck tell less (where a network has none there, the last value). For transformers, the patch tokens at half depth and at the end, and the class token.
 * @param picture size of the test picture
 * @param patch side of the patches of a transformer, or null
 */
export function proposeTaps(
  seen: readonly SeenCandidate[],
  picture: { width: number; height: number },
  patch: number | null,
): ProposedTap[] {
  const tokens = patch === null ? [] : proposeTokens(seen, picture, patch);
  return tokens.length > 0 ? tokens : proposeMaps(seen, picture);
}

function isSigned({ least, most }: SeenCandidate): boolean {
  return least < -mostNegative && least < -0.1 * most;
}

function proposeMaps(
  seen: readonly SeenCandidate[],
  { width, height }: { width: number; height: number },
): ProposedTap[] {
  const bySize = new Map<string, { candidate: SeenCandidate; stride: number }>();
  for (const candidate of seen) {
    const [photos, channels, rows, columns] = candidate.dims;
    const isMap = candidate.dims.length === 4 && photos === 1 && rows * columns > 1;
    if (!isMap || channels < leastChannels || classCounts.has(channels)) continue;
    const [across, down] = [width / columns, height / rows];
    // A map of another shape than the picture is no map of it.
    if (Math.abs(across - down) > mostDistortion * across) continue;
    // Networks that pad nothing have a little fewer positions than the power of two that they divide by.
    const stride = 2 ** Math.round(Math.log2(Math.min(across, down)));
    if (stride < leastStride) continue;
    const size = `${rows} × ${columns}`;
    const known = bySize.get(size);
    if (!known || tellsMore(candidate, known.candidate)) bySize.set(size, { candidate, stride });
  }
  const byStride = new Map([...bySize.values()].map((found) => [found.stride, found]));
  return [...byStride.values()]
    .sort((a, b) => a.stride - b.stride)
    .map(({ candidate, stride }) => ({
      name: `s${stride}`,
      value: candidate.value,
      channels: candidate.dims[1] * (isSigned(candidate) ? 2 : 1),
      stride,
      isSigned: isSigned(candidate),
      tokens: null,
    }));
}

/** Whether a later value of the same size is the better tap: activations before others, then the widest. */
function tellsMore(later: SeenCandidate, known: SeenCandidate): boolean {
  if (later.isActivation !== known.isActivation) return later.isActivation;
  return later.dims[1] >= known.dims[1];
}

function proposeTokens(
  seen: readonly SeenCandidate[],
  { width, height }: { width: number; height: number },
  patch: number,
): ProposedTap[] {
  const cells = Math.floor(width / patch) * Math.floor(height / patch);
  const ofTokens = seen.filter(
    ({ dims }) =>
      dims.length === 3 && dims[0] === 1 && dims[1] >= cells && dims[1] <= cells + mostExtraTokens,
  );
  const last = ofTokens.at(-1);
  if (!last) return [];
  const [, count, channels] = last.dims;
  const alike = (candidate: SeenCandidate): boolean =>
    candidate.dims[1] === count && candidate.dims[2] === channels;
  const residuals = ofTokens.filter((candidate) => candidate.operator === 'Add' && alike(candidate));
  const middle = residuals[Math.floor(residuals.length / 2)] ?? last;
  const extra = count - cells;
  const tap = (name: string, { value }: SeenCandidate, part: 'patches' | 'class'): ProposedTap => ({
    name,
    value,
    channels: 2 * channels,
    stride: part === 'class' ? 0 : patch,
    // Tokens have no activation behind them; half of what they tell is below zero.
    isSigned: true,
    tokens: { part, extra, patch },
  });
  return [
    ...(middle.value === last.value ? [] : [tap('tokens_middle', middle, 'patches')]),
    tap('tokens', last, 'patches'),
    ...(extra > 0 ? [tap('class', last, 'class')] : []),
  ];
}
