import { Command, InvalidArgumentError, Option } from 'commander';
import path from 'node:path';
import { conventions, type Preprocessing, SemblanceError, usualLeastGain } from '../../contract/index.ts';
import { addModel, addModelFrom, installedModels, removeModel } from '../../vision/index.ts';
import { followJobs, refuseCancelled } from '../follow-jobs.ts';
import { clearBytes, showBytes } from '../progress.ts';
import { catalogueCommand, installCommand } from './catalogue.ts';
import { described } from '../model-words.ts';
import { jsonOption, type LibraryOptions, libraryOption } from '../options.ts';
import { withEngine } from '../with-engine.ts';

interface ImportOptions {
  name?: string;
  sha256?: string;
  mean?: Preprocessing['mean'];
  std?: Preprocessing['deviation'];
  range?: Preprocessing['range'];
  layout?: 'nchw' | 'nhwc';
  json: boolean;
}

/** Three numbers, for red, green and blue; one stands for all. */
function perChannel(text: string): Preprocessing['mean'] {
  const numbers = text.split(',').map(Number);
  if (![1, 3].includes(numbers.length) || !numbers.every(Number.isFinite)) {
    throw new InvalidArgumentError('Give three numbers, for red, green and blue: 0.485,0.456,0.406');
  }
  const [red, green = red, blue = red] = numbers;
  return [red, green, blue];
}

function positive(text: string): Preprocessing['deviation'] {
  const numbers = perChannel(text);
  if (!numbers.every((number) => number > 0)) throw new InvalidArgumentError('Each must be above 0.');
  return numbers;
}

const list = new Command('list')
  .description('list the installed backbones with licence and origin')
  .addOption(jsonOption())
  .action(({ json }: { json: boolean }) => {
    const models = installedModels().map(({ info }) => info);
    console.log(json ? JSON.stringify(models) : models.map(described).join('\n'));
  });

const add = new Command('import')
  .description('add a backbone from an ONNX file: its feature maps are found, and it is tried on a picture')
  .argument('<file>', 'the ONNX file, or the web address of one')
  .option('--name <name>', 'what to call it (default: the name of the file)')
  .option(
    '--mean <r,g,b>',
    "subtracted from pixels (default: ImageNet's, or 0 where --range is given)",
    perChannel,
  )
  .option('--std <r,g,b>', "divides pixels then (default: ImageNet's, or 1 where --range is given)", positive)
  .option('--sha256 <hex>', 'of the file that a web address should give', hexadecimal)
  .addOption(new Option('--range <range>', 'of pixels before that').choices(['0-1', '0-255', '-1-1']))
  .addOption(
    new Option('--layout <layout>', 'of the input (default: what it looks like)').choices(['nchw', 'nhwc']),
  )
  .addOption(jsonOption())
  .action(async (file: string, options: ImportOptions) => {
    const isAddress = /^https?:\/\//.test(file);
    const name = options.name ?? path.parse(isAddress ? new URL(file).pathname : file).name;
    const request = { name, layout: options.layout ?? null, preprocessing: preprocessingOf(options) };
    const info = isAddress
      ? await addModelFrom(file, request, { sha256: options.sha256, onProgress: showBytes })
      : await addModel({ ...request, file });
    clearBytes();
    if (options.json) console.log(JSON.stringify(info));
    else console.log(`${described(info)}\nUse it: semblance retune --model ${name}`);
  });

function hexadecimal(text: string): string {
  if (!/^[\da-f]{64}$/i.test(text)) throw new InvalidArgumentError('Give 64 hexadecimal digits.');
  return text;
}

/** Who gives a range means another convention than ImageNet's. */
function preprocessingOf({ mean, std, range }: ImportOptions): Preprocessing {
  const usual: Preprocessing = range
    ? { ...conventions.unit.preprocessing, range }
    : conventions.imagenet.preprocessing;
  return { ...usual, ...(mean && { mean }), ...(std && { deviation: std }) };
}

function factor(text: string): number {
  const number = Number(text);
  if (!(number >= 0 && number <= 100)) throw new InvalidArgumentError('Give a factor, such as 1.5.');
  return number;
}

const eightBit = new Command('eight-bit')
  .description('make a faster copy of a backbone, in eight bits, calibrated on photos of the library')
  .argument('<name>', 'the backbone')
  .option('--least-gain <factor>', 'how many times as fast it must be to be kept', factor, usualLeastGain)
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (name: string, { library, json, leastGain }: LibraryOptions & { leastGain: number }) => {
    await withEngine(library, 'write', async (engine) => {
      await followJobs(engine, () => engine.call('makeEightBit', { name, leastGain }));
      refuseCancelled(engine.jobs.list(), 'Stopped. No copy was made.');
      const copy = installedModels().find(({ info }) => info.eightBit?.of === name)?.info;
      if (!copy) return;
      if (json) console.log(JSON.stringify(copy));
      else {
        const outcome = engine.jobs.list().findLast((job) => job.outcome !== '')?.outcome ?? '';
        console.log(`${described(copy)}\n${outcome}\nUse it: semblance retune --model ${copy.name}`);
      }
    });
  });

const remove = new Command('remove')
  .description('delete a backbone that was added')
  .argument('<name>', 'its name')
  .addOption(libraryOption())
  .action(async (name: string, { library }: LibraryOptions) => {
    try {
      await withEngine(library, 'read', (engine) => engine.call('removeModel', { name }));
    } catch (error) {
      // Where there is no library, nothing is described by any model.
      if (!(error instanceof SemblanceError) || error.code !== 'no-library') throw error;
      removeModel(name);
    }
    console.log(`${name} is gone.`);
  });

export const modelsCommand = new Command('models')
  .description('list, add and remove backbones, and those that are recommended')
  .addCommand(list, { isDefault: true })
  .addCommand(catalogueCommand)
  .addCommand(installCommand)
  .addCommand(add)
  .addCommand(eightBit)
  .addCommand(remove);
