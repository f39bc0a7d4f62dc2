/**
 * `npm run package`: makes what people install, for the kind of machine that it runs on. Nothing is published.
 *
 *     npm run package                          all that this system's people want
 *     npm run package -- --target deb          one of them; may be given several times
 *     npm run package -- --target dir --unfused   the app's folder, as Playwright can start it
 *     npm run package -- --target deb --prepackaged dist/linux-unpacked   from a folder that was made before
 *
 * ELECTRON_OVERRIDE_DIST_PATH names an Electron that lies unpacked on this machine; without it, electron-builder
 * fetches the one of package.json.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type AfterPackContext, build, type Configuration, Platform } from 'electron-builder';
import { configuration, iconFolder } from './configuration.ts';
import { engineFiles } from './engine-files.ts';
import { fusesFor, setFuses } from './fuses.ts';
import { makeIcons } from './icons.ts';
import { budgetProblems, budgetTable, measureParts } from './size-budget.ts';
import { type Target, targets } from './target.ts';

const root = resolve(import.meta.dirname, '../..');

/** @throws when packages are not made on this kind of machine */
function thisMachine(): Target {
  const found = targets.find(({ platform, arch }) => platform === process.platform && arch === process.arch);
  if (found) return found;
  throw new Error(
    `Packages are made on ${targets.map(({ platform, arch }) => `${platform}-${arch}`).join(', ')}; this is ${process.platform}-${process.arch}.`,
  );
}

function localElectron(): Pick<Configuration, 'electronDist' | 'electronVersion'> {
  const electronDist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (!electronDist) return {};
  const electronVersion = readFileSync(join(electronDist, 'version'), 'utf8').trim().replace(/^v/, '');
  console.log(`Electron ${electronVersion} is taken from ${electronDist}.`);
  return { electronDist: resolve(electronDist), electronVersion };
}

function layEngine(target: Target, resources: string): void {
  for (const { from, to } of engineFiles(root, target)) {
    mkdirSync(dirname(join(resources, to)), { recursive: true });
    cpSync(join(root, from), join(resources, to));
  }
}

/** Before the package is signed, which seals all that is in it. */
async function complete(context: AfterPackContext, target: Target, withFuses: boolean): Promise<void> {
  const { appOutDir, packager } = context;
  const resources = packager.getResourcesDir(appOutDir);
  // Of a local Electron: what it shows without an app.
  rmSync(join(resources, 'default_app.asar'), { force: true });
  layEngine(target, resources);
  if (withFuses) {
    const { executableName } = packager as { executableName?: string };
    const name = target.platform === 'linux' ? executableName : packager.appInfo.productFilename;
    const ending = { linux: '', win32: '.exe', darwin: '.app' }[target.platform];
    const set = await setFuses(join(appOutDir, `${name ?? ''}${ending}`), target);
    const unknown = Object.keys(fusesFor(target)).filter((fuse) => !set.some((known) => known === fuse));
    console.log(`Fuses set: ${set.join(', ')}.`);
    if (unknown.length > 0) console.log(`This Electron is too old for: ${unknown.join(', ')}.`);
  }
  const sizes = measureParts(appOutDir, resources);
  console.log(budgetTable(sizes));
  const problems = budgetProblems(sizes);
  if (problems.length > 0) throw new Error(`The package is not as it should be: ${problems.join('; ')}.`);
}

async function makePackage(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true },
      unfused: { type: 'boolean', default: false },
      output: { type: 'string', default: 'dist' },
      prepackaged: { type: 'string' },
    },
  });
  const target = thisMachine();
  if (!existsSync(join(root, 'out/main/shell.cjs'))) throw new Error('Nothing is built: npm run build');
  await makeIcons(join(root, 'src-renderer/icon.svg'), join(root, iconFolder));
  const made = await build({
    projectDir: root,
    publish: 'never',
    prepackaged: values.prepackaged ?? null,
    targets: Platform.fromString(target.platform).createTarget(values.target ?? null),
    config: {
      ...configuration(root),
      ...localElectron(),
      directories: { ...configuration(root).directories, output: values.output },
      afterPack: (context) => complete(context, target, !values.unfused),
    },
  });
  for (const file of made) console.log(file);
}

makePackage().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
