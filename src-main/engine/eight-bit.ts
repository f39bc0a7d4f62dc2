/** The job that makes a model's eight-bit copy out of the library's photos. */
import { type CommandArguments, defaultRecipe, type Job, SemblanceError } from '../contract/index.ts';
import { addEightBitCopy } from '../vision/index.ts';
import type { Engine } from './engine.ts';
import { modelNamed } from './recipe-models.ts';

/** Photos to calibrate on, and others to compare on. */
const photosToCalibrate = 32;
const photosToCompare = 16;
/** Fewer tell too little of what values photos give. */
const fewestPhotos = 24;
/** Feature maps of larger pictures would take gigabytes. */
const largestSide = 512;

/** @throws SemblanceError `no-model`, `not-enough-photos` */
export function startEightBit(
  engine: Engine,
  { name, leastGain }: CommandArguments['makeEightBit'],
): { job: Job; ended: Promise<Job> } {
  const { library, recipe } = engine;
  const model = modelNamed(name);
  const files = evenly(library.contents.ids(), photosToCalibrate + photosToCompare).flatMap((id) =>
    library.photos
      .withContent(id)
      .slice(0, 1)
      .map(({ path }) => path),
  );
  if (files.length < fewestPhotos) {
    throw new SemblanceError(
      'not-enough-photos',
      `An eight-bit copy is calibrated on photos, of which it takes ${fewestPhotos}. Index more first.`,
    );
  }
  const longerSide = recipe.model === name ? recipe.longerSide : defaultRecipe.longerSide;
  return engine.jobs.start('eight-bit', async (control) => {
    const { eightBit } = await addEightBitCopy(
      model,
      {
        // Every third photo is kept for the comparison, so that both kinds come from everywhere.
        calibration: files.filter((_, i) => i % 3 !== 0),
        comparison: files.filter((_, i) => i % 3 === 0),
        longerSide: Math.min(longerSide, largestSide),
      },
      {
        leastGain,
        signal: control.signal,
        turn: async (step, done, total) => {
          control.report({ step, done, total });
          await control.checkpoint();
        },
      },
    );
    if (!eightBit) throw new SemblanceError('internal', 'The copy does not say what it is of.');
    control.conclude(
      `The copy is ${eightBit.gain.toFixed(1)} times as fast, and its descriptors agree with the model's to ${(100 * eightBit.agreement.mean).toFixed(1)} %.`,
    );
  });
}

function evenly<Item>(items: readonly Item[], atMost: number): Item[] {
  if (items.length <= atMost) return [...items];
  return Array.from({ length: atMost }, (_, i) => items[Math.floor((i * items.length) / atMost)]);
}
