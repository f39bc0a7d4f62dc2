/**
 * Changes to a recipe as a person types them: `pooling.p=5`, `reduction.dimension=128`, `taps=b10e_s16,b16d_s32`. A tap of
 * another model than the recipe's is written as model:tap.
 */
import * as v from 'valibot';
import { type Recipe, recipeSchema, SemblanceError, usualAugmentation } from '../contract/index.ts';

type Tree = Record<string, unknown>;

/** What a variant starts with when it is chosen by its kind. */
const beginnings: Partial<Record<string, Tree>> = {
  'pooling.average': {},
  'pooling.max': {},
  'pooling.gem': { p: 3, learned: false },
  'pooling.pyramid': { levels: [1, 2] },
  'pooling.attention': { hidden: 32 },
  'selection.none': {},
  'selection.variance': { threshold: 1e-6 },
  'selection.anova': { keep: 512 },
  'selection.mutual-information': { keep: 512 },
  'selection.elimination': { keep: 512 },
  'selection.lasso': { strength: 0.01 },
  'selection.mask': { temperature: 1, sparsity: 0.1 },
  'reduction.none': {},
  'reduction.pca': { dimension: 256, whitening: { kind: 'regularised', epsilon: 0.02 }, shrinkage: 0 },
  'reduction.random': { dimension: 256, seed: 1 },
  'reduction.autoencoder': { dimension: 256, hidden: 512, epochs: 40 },
  'reduction.projection': { dimension: 256, start: 'pca', epochs: 40 },
  'reduction.learned-whitening': { dimension: 256, regularisation: 0.1 },
  'whitening.none': {},
  'whitening.regularised': { epsilon: 0.02 },
  'whitening.power': { exponent: 0.25 },
  'taps.concat': {},
  'taps.mean': { dimension: 512 },
  'taps.max': { dimension: 512 },
  'scales.mean': {},
  'scales.max': {},
  'scales.gem': { p: 3 },
};

/**
 * Applies changes in their order.
 * @param texts each `path=value`
 * @throws SemblanceError `invalid-arguments` that says which change is wrong, and why
 */
export function changedRecipe(recipe: Recipe, texts: readonly string[]): Recipe {
  return texts.reduce((changed, text) => changedBy(changed, text), recipe);
}

function changedBy(recipe: Recipe, text: string): Recipe {
  const at = text.indexOf('=');
  if (at < 1) throw wrong(text, 'write it as path=value');
  const path = text.slice(0, at).trim().split('.');
  const value = text.slice(at + 1).trim();
  const tree = structuredClone(recipe) as unknown as Tree;
  change(tree, path, value, text);
  const parsed = v.safeParse(recipeSchema, tree);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw wrong(text, `${v.getDotPath(issue) ?? 'recipe'}: ${issue.message}`);
}

function change(tree: Tree, path: string[], value: string, text: string): void {
  const [head, ...rest] = path;
  const taps = tree['taps'] as Tree[];
  if (head === 'pooling') {
    for (const tap of taps) setIn(tap, path, value, text);
  } else if (head === 'taps' && rest.length === 0) {
    const own = tree['model'] as string;
    tree['taps'] = listed(value).map((label) => {
      const wanted = newTap(label, own);
      return taps.find((tap) => labelOf(tap) === labelOf(wanted)) ?? wanted;
    });
  } else if (head === 'taps') {
    // Names of models have dots in them.
    const joined = rest.join('.');
    const label = taps
      .map(labelOf)
      .filter((each) => joined.startsWith(`${each}.`))
      .sort((a, b) => b.length - a.length)
      .at(0);
    if (label === undefined) throw wrong(text, `the recipe has no tap '${rest[0]}'`);
    const chosen = taps.filter((tap) => labelOf(tap) === label);
    const inside = joined.slice(label.length + 1).split('.');
    const inner = inside[0] === 'p' ? ['pooling', 'p'] : inside;
    for (const tap of chosen) setIn(tap, inner, value, text);
  } else if (head === 'scales' && rest.length === 0) {
    tree['scales'] = listed(value).map(Number);
  } else if (head === 'normalisation' && rest.length === 0) {
    tree['normalisation'] = listed(value).map(normalisationStep);
  } else if (head === 'augmentation') {
    changeAugmentation(tree, path, value, text);
  } else if (path.join('.') === 'reduction.whitening') {
    setIn(tree, path, whitening(value), text);
  } else setIn(tree, path, value, text);
}

/** `augmentation=none`, `augmentation=10` neighbours, or one of its parts. */
function changeAugmentation(tree: Tree, path: string[], value: string, text: string): void {
  if (path.length === 1 && value === 'none') {
    delete tree['augmentation'];
    return;
  }
  tree['augmentation'] ??= { ...usualAugmentation };
  setIn(tree, path.length === 1 ? [...path, 'neighbours'] : path, value, text);
}

function listed(value: string): string[] {
  return value === '' || value === 'none' ? [] : value.split(',').map((part) => part.trim());
}

/** `tap`, or `model:tap` where it is of another model than the recipe's. */
function labelOf(tap: Tree): string {
  const [name, model] = [tap['name'] as string, tap['model'] as string | undefined];
  return model === undefined ? name : `${model}:${name}`;
}

function newTap(label: string, own: string): Tree {
  const [name, model = own] = label.split(':').toReversed() as [string, string?];
  const other = model === own ? {} : { model };
  return { name, ...other, pooling: { kind: 'gem', p: 3, learned: false }, normalise: true, weight: 1 };
}

/** `l2`, `standardise` or `power:0.5`. */
function normalisationStep(text: string): Tree {
  const [kind, exponent = '0.5'] = text.split(':');
  return kind === 'power' ? { kind, exponent: Number(exponent) } : { kind };
}

/** `none`, `power:0.25`, or ε. */
function whitening(text: string): Tree {
  const [kind, exponent = '0.25'] = text.split(':');
  if (kind === 'power') return { kind, exponent: Number(exponent) };
  return kind === 'none' ? { kind } : { kind: 'regularised', epsilon: Number(text) };
}

/** Sets a value deep inside; a new kind brings its own settings with it. */
function setIn(tree: Tree, path: string[], value: unknown, text: string): void {
  const [head, ...rest] = path;
  if (path.length === 0 || !Object.hasOwn(tree, head)) {
    throw wrong(text, `there is no '${path.join('.')}' to set; it has ${Object.keys(tree).join(', ')}`);
  }
  if (rest.length === 0) {
    tree[head] = typeof value === 'string' ? scalar(value) : value;
    return;
  }
  const inner = tree[head];
  if (typeof inner !== 'object' || inner === null) throw wrong(text, `'${head}' has no parts`);
  if (rest.length === 1 && rest[0] === 'kind' && typeof value === 'string') {
    const beginning = beginnings[`${head}.${value}`];
    if (!beginning) throw wrong(text, `there is no ${head} of kind '${value}'`);
    tree[head] = { kind: value, ...beginning };
  } else setIn(inner as Tree, rest, value, text);
}

function scalar(value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  if (value.startsWith('[')) {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }
  return value === '' || Number.isNaN(Number(value)) ? value : Number(value);
}

function wrong(text: string, why: string): SemblanceError {
  return new SemblanceError('invalid-arguments', `--set ${text}: ${why}.`);
}
