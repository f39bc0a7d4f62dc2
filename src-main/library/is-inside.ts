/** How paths lie to each other. */
import { sep } from 'node:path';

/** Whether a path is the folder itself or lies anywhere below it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
