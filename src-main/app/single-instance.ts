/** One window for a library: a second start brings the first one to the front and gives it what it was started with. */
import { app } from 'electron';
import * as v from 'valibot';

const handedOverSchema = v.object({
  paths: v.pipe(v.array(v.pipe(v.string(), v.maxLength(32_767))), v.maxLength(10_000)),
});

/**
 * Whether this is the first start; else the first one is given the paths.
 * @param onSecondStart of a later start, with its paths
 */
export function isFirstInstance(paths: string[], onSecondStart: (paths: string[]) => void): boolean {
  if (!app.requestSingleInstanceLock({ paths })) return false;
  app.on('second-instance', (_event, _argv, _workingDirectory, handedOver) => {
    const parsed = v.safeParse(handedOverSchema, handedOver);
    onSecondStart(parsed.success ? parsed.output.paths : []);
  });
  return true;
}
