/** Not waiting for ever for what cannot be stopped. */
import { tooSlow } from './decode-limits.ts';

/**
 * Waits for a decoder. Those that decode a picture in one go hear nothing of a timeout: they run to their end, and hold
 * their memory until then, while others go on.
 * @param work calls what it is given when the time begins to count
 * @throws SemblanceError `too-slow`, and whatever the work throws
 */
export function inTime<Result>(
  timeoutMs: number,
  work: (begin: () => void) => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const begin = (): void => {
      timer = setTimeout(() => reject(tooSlow(timeoutMs)), timeoutMs);
    };
    work(begin)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
