/** Adds a model of the catalogue as a job, so that it can be watched, paused and stopped. */
import { type CommandArguments, type Job, SemblanceError } from '../contract/index.ts';
import { installable, installModel } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import type { JobControl } from './job-run.ts';

/** @throws SemblanceError `not-found`, `invalid-arguments` where it is installed, under way, or has no address */
export function startInstall(
  { jobs, options }: Engine,
  { name, path }: CommandArguments['installModel'],
): Job {
  const { title, address } = installable(name, path === undefined ? 'address' : 'file');
  if (jobs.list().some((job) => job.model === name && job.endedAtMs === null)) {
    throw new SemblanceError('invalid-arguments', `${title} is being added already.`);
  }
  const host = address === null ? '' : new URL(address.value).host;
  const work = async (control: JobControl): Promise<void> => {
    control.report({ step: path === undefined ? `Asking ${host} for ${title}` : `Looking at ${title}` });
    let isFirst = true;
    const { taps } = await installModel(name, path ?? null, {
      ...options.download,
      signal: control.signal,
      checkpoint: () => control.checkpoint(),
      onProgress(done, total) {
        const progress = { step: `Downloading ${title}`, done, total: total ?? 0 };
        control.report(isFirst ? { ...progress, startsAt: done } : progress);
        isFirst = false;
      },
      onWhole: () => control.report({ step: `Trying ${title} on a picture`, done: 0, total: 0 }),
    });
    control.conclude(`${title} is installed, with ${taps.length === 1 ? '1 tap' : `${taps.length} taps`}.`);
  };
  return jobs.start('download', work, { model: name }).job;
}
