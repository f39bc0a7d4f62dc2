/**
 * `npm run fit:generic -- FOLDER…`: makes the shipped generic fit from folders of photos. It keeps statistics only:
 * a mean, components and variances of descriptors.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { SemblanceError, toErrorReport } from '../contract/index.ts';
import { decodeFit, encodeFit } from '../descriptor/index.ts';
import { genericFitFile, genericFitRecord } from '../engine/index.ts';
import { withEngine } from './with-engine.ts';

async function fitGeneric(folders: string[]): Promise<void> {
  if (folders.length === 0) {
    throw new SemblanceError('invalid-arguments', 'Name folders of photos: npm run fit:generic -- FOLDER…');
  }
  const libraryPath = mkdtempSync(join(tmpdir(), 'semblance-generic-'));
  try {
    await withEngine(libraryPath, 'write', async (engine) => {
      const added = [];
      for (const path of folders) added.push(await engine.call('addFolder', { path: resolve(path) }));
      const { error } = await engine.index(added).ended;
      if (error) throw SemblanceError.fromReport(error);
      await engine.jobs.idle();
      const generation = engine.serving?.generation;
      if (generation?.fit !== 'library' || !generation.encodedFit) {
        throw new SemblanceError('not-enough-photos', 'A fit needs at least 200 photos. Name more folders.');
      }
      writeFileSync(genericFitFile, encodeFit(decodeFit(generation.encodedFit), { half: true }));
      const { extractionKey, fittedOn, recipe } = generation;
      const sources = folders.map((folder) => basename(resolve(folder)));
      writeFileSync(
        genericFitRecord,
        `${JSON.stringify({ extractionKey, fittedOn, sources, recipe }, null, 2)}\n`,
      );
      console.log(`Fitted on ${fittedOn} photos: ${genericFitFile}`);
    });
  } finally {
    rmSync(libraryPath, { recursive: true, force: true });
  }
}

fitGeneric(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`semblance: ${toErrorReport(error).message}`);
  process.exitCode = 1;
});
