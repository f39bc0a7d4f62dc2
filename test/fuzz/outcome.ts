/** What became of a case, as invariants see it. */
import { SemblanceError } from '../../src-main/contract/index.ts';

/**
 * 'ok', or the code of the error.
 * @throws what is no SemblanceError, and one that says that Semblance did not expect it
 */
export async function outcomeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'ok';
  } catch (error) {
    if (error instanceof SemblanceError && error.code !== 'internal') return error.code;
    throw error;
  }
}
