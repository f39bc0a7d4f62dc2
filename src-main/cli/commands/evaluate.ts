import { Command, Option } from 'commander';
import type {
  GroundTruthKind,
  LabelKind,
  ProbeReport,
  QualityReport,
  Recipe,
  RecipeComparison,
} from '../../contract/index.ts';
import { SemblanceError } from '../../contract/index.ts';
import { type Engine, evaluateByFile } from '../../engine/index.ts';
import { jsonOption, type LibraryOptions, libraryOption, wholeNumber } from '../options.ts';
import { recipeNamed } from '../recipe-source.ts';
import { withEngine } from '../with-engine.ts';

interface EvaluateOptions extends LibraryOptions {
  by: GroundTruthKind;
  file?: string;
  difficulty: 'easy' | 'medium' | 'hard';
  folds?: number;
  recipe?: string;
  probe: boolean;
  compare?: string[];
}

/** Queries on which two recipes differ most that are listed on a terminal. */
const listedQueries = 5;
/** Folds of a probe unless others are asked for. */
const probeFolds = 5;

export const evaluateCommand = new Command('evaluate')
  .description('measure the search on the library itself, each photo once as the query')
  .addOption(
    new Option('--by <labels>', 'what tells which photos belong together')
      .choices(['folder', 'tag', 'pairs', 'file'])
      .default('folder'),
  )
  .option(
    '--file <file>',
    'ground truth for --by file: JSON of {query, positives, junk, crop?}, or imlist/qimlist/gnd',
  )
  .addOption(
    new Option('--difficulty <level>', 'of the published lists')
      .choices(['easy', 'medium', 'hard'])
      .default('medium'),
  )
  .option('--folds <k>', 'fit everything on other photos than the queries', wholeNumber(2))
  .option(
    '--recipe <name>',
    'measure a recipe file or preset instead of what is in service, fitted on the library',
  )
  .option(
    '--probe',
    'accuracy of nearest neighbours and logistic regression on the frozen descriptors',
    false,
  )
  .option('--compare <recipes...>', "two recipes, each 'current', a preset or a file")
  .addOption(libraryOption())
  .addOption(jsonOption())
  .action(async (options: EvaluateOptions) => {
    const { report, text } = await withEngine(options.library, 'read', (engine) => measure(engine, options));
    console.log(options.json ? JSON.stringify(report) : text);
  });

interface Measured {
  report: object;
  text: string;
}

async function measure(engine: Engine, options: EvaluateOptions): Promise<Measured> {
  const { by, folds, compare, probe } = options;
  if (by === 'file') return measureByFile(engine, options);
  if (compare) return measureTwo(engine, by, folds, compare);
  if (probe) {
    const report = await engine.call('probe', { folds: folds ?? probeFolds });
    return { report, text: probeText(report) };
  }
  const recipe: Recipe | undefined =
    options.recipe === undefined ? undefined : await recipeNamed(options.recipe, engine.recipe);
  const report = await engine.call('evaluate', { by, folds, recipe });
  return { report, text: qualityText(report) };
}

/** @throws SemblanceError `invalid-arguments` */
async function measureByFile(engine: Engine, { file, difficulty }: EvaluateOptions): Promise<Measured> {
  if (file === undefined) {
    throw new SemblanceError('invalid-arguments', 'Name the ground truth: evaluate --by file --file FILE');
  }
  const report = await evaluateByFile(engine, file, difficulty);
  const missing =
    report.missing.length > 0 ? `\n${report.missing.length} photos that it names are not indexed` : '';
  return { report, text: qualityText(report) + missing };
}

/** @throws SemblanceError `invalid-arguments` */
async function measureTwo(
  engine: Engine,
  by: LabelKind,
  folds: number | undefined,
  names: string[],
): Promise<Measured> {
  const [first, second] = names;
  if (names.length !== 2) {
    throw new SemblanceError('invalid-arguments', 'Name two recipes: evaluate --compare current balanced');
  }
  const [a, b] = [await recipeNamed(first, engine.recipe), await recipeNamed(second, engine.recipe)];
  const report = await engine.call('compareRecipes', { by, folds, a, b });
  const lines = [
    `${first}: ${qualityText(report.a)}`,
    `${second}: ${qualityText(report.b)}`,
    comparisonText(report),
  ];
  for (const { photoId, a: before, b: after } of report.queries.slice(0, listedQueries)) {
    const { path } = await engine.call('photo', { photoId });
    lines.push(`  ${before.toFixed(3)} → ${after.toFixed(3)}  ${path}`);
  }
  return { report, text: lines.join('\n') };
}

function qualityText({ mAP, precisionAt1, precisionAt10, recallAt5, queries, fit }: QualityReport): string {
  return `mAP ${mAP.toFixed(3)}, P@1 ${precisionAt1.toFixed(3)}, P@10 ${precisionAt10.toFixed(3)}, R@5 ${recallAt5.toFixed(3)} (${queries} queries, fit: ${fit})`;
}

function comparisonText({ difference: { mean, low, high }, better, worse, same }: RecipeComparison): string {
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  return `difference in mAP ${signed(mean)}, 95 % interval ${signed(low)} … ${signed(high)}; ${better} queries better, ${worse} worse, ${same} the same`;
}

function probeText({ nearestNeighbours, linear, folds, classes, photos }: ProbeReport): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `${percent(nearestNeighbours)} right by five nearest neighbours, ${percent(linear)} by logistic regression (${photos} photos, ${classes} classes, ${folds} folds)`;
}
