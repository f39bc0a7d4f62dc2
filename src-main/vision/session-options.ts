/** How the network is run on this machine's processor. */
import type { InferenceSession } from 'onnxruntime-node';

/**
 * Small activations to the tenth power are denormal numbers, which cost a hundred times more than zero; and idle
 * threads must not spin, since the other cores decode.
 */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
  };
}
