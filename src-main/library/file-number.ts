/** What tells a file or folder from another one under the same path. */
import { statSync } from 'node:fs';

/** Device and number there; null where nothing can be looked at. Some file systems number nothing, and say 0. */
export function fileNumber(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return null;
  }
}
