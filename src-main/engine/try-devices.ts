/** Finds out once what computes each model fastest; where that is known, it takes no time. */
import { SemblanceError } from '../contract/index.ts';
import { type InstalledModel, probeDevices, storedReport, storeReport } from '../vision/index.ts';
import type { JobControl } from './job-run.ts';

/** A device that takes longer for a few small pictures is none to compute with. */
const devicePatienceMs = 20_000;

export async function tryDevices(models: readonly InstalledModel[], control: JobControl): Promise<void> {
  for (const model of models) {
    if (storedReport(model)) continue;
    control.report({ step: 'Trying what computes fastest', done: 0, total: 0 });
    const patience = { patienceMs: devicePatienceMs, signal: control.signal };
    // Without a report the processor computes, and says what is wrong if it cannot.
    const report = await probeDevices(model, patience).catch((error: unknown) => {
      if (error instanceof SemblanceError) return null;
      throw error;
    });
    // What was cut short says nothing of the devices.
    await control.checkpoint();
    if (report) storeReport(model, report);
  }
}
