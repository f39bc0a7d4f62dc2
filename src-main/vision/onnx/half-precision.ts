/**
 * The network of an edited graph in half precision: what lies between the normalised picture and the feature maps.
 * Pixels are normalised and maps are pooled in single precision as before.
 */
import { SemblanceError } from '../../contract/index.ts';
import { toHalf } from '../../descriptor/index.ts';
import { clampedMap, pictureMaker } from './extraction-graph.ts';
import { type Handling, handlingOf } from './half-operators.ts';
import { elementType, floatsOf, node, operatorSet, readModel, tensor, writeModel } from './model-file.ts';
import { dropUnused, reads } from './prune.ts';
import type { Graph, Model, Node, Tensor } from './schema.ts';

/**
 * Only what is computed from the pixels becomes half; what follows from the picture's shape alone stays as it is, since
 * half precision does not tell 2048 from 2049.
 * @param bytes an installed graph, as `extractionGraph` makes it
 * @returns the ONNX file, with the same input and outputs
 * @throws SemblanceError `not-available` for networks with operators that are not known to compute in half precision
 */
export function halfPrecisionGraph(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  const maker = pictureMaker(model.graph);
  if (maker === undefined) throw refusal('has no normalised picture, as Semblance makes it');
  new Conversion(model).run(maker);
  dropUnused(model.graph);
  return writeModel(model);
}

function refusal(what: string): SemblanceError {
  return new SemblanceError('not-available', `The network ${what}.`);
}

const prefix = 'semblance/half';

class Conversion {
  readonly #graph: Graph;
  readonly #version: number;
  readonly #constants: Map<string, Tensor>;
  /** Outputs of Constant nodes. */
  readonly #written: Map<string, Tensor>;
  /** Names of values that are half now. */
  readonly #half = new Set<string>();
  /** Names of the same in single precision, where they are computed so. */
  readonly #single = new Map<string, string>();
  /** Names of constants, and of what follows from them and the shape, in half precision. */
  readonly #copies = new Map<string, string>();
  /** In the order of computing. */
  readonly #nodes: Node[] = [];

  constructor(model: Model) {
    this.#graph = model.graph;
    this.#version = operatorSet(model);
    this.#constants = new Map(model.graph.initializer.map((each) => [each.name ?? '', each]));
    this.#written = new Map(
      model.graph.node.flatMap(({ op_type, output, attribute }) => {
        const value = op_type === 'Constant' ? attribute.find(({ t }) => t)?.t : undefined;
        return value ? [[output[0], value] as const] : [];
      }),
    );
  }

  run(maker: Node): void {
    const clamps = new Set(this.#graph.output.map(({ name }) => clampedMap(name)));
    for (const each of this.#graph.node) {
      if (each === maker) this.#computeInSingle(each);
      else if (!reads(each).some((name) => this.#half.has(name))) this.#nodes.push(each);
      else if (clamps.has(each.output[0])) this.#pool(each);
      else this.#convert(each);
    }
    this.#graph.node = this.#nodes;
  }

  /** A tap ends here: its map goes on in single precision. */
  #pool(clamp: Node): void {
    clamp.input = clamp.input.map((name) => this.#asSingle(name));
    this.#nodes.push(clamp);
  }

  #convert(each: Node): void {
    const isStandard = each.domain === undefined || each.domain === '' || each.domain === 'ai.onnx';
    if (isStandard && each.op_type === 'Cast') {
      this.#convertCast(each);
      return;
    }
    // An inner graph may read what is half without naming it as an input.
    const isPlain = each.attribute.every(({ g, graphs }) => !g && !graphs?.length);
    const handling = isStandard && isPlain ? handlingOf(each.op_type, this.#axesOf(each)) : null;
    if (handling === null) throw refusal(`uses '${each.op_type}', which is not computed in half precision`);
    if (handling.kind === 'single') {
      each.input = each.input.map((name) => this.#asSingle(name));
      this.#computeInSingle(each);
      return;
    }
    each.input = each.input.map((name, slot) =>
      this.#isOfKind(each, slot, handling.slots) ? this.#asHalf(name) : name,
    );
    this.#nodes.push(each);
    // Further outputs are places, masks, or statistics in single precision.
    const results = each.op_type === 'Split' ? each.output : each.output.slice(0, 1);
    if (handling.kind === 'half') for (const name of results) this.#half.add(name);
  }

  #isOfKind(
    { op_type, input }: Node,
    slot: number,
    slots: Exclude<Handling, { kind: 'single' }>['slots'],
  ): boolean {
    if (slots !== 'all' && !slots.includes(slot)) return false;
    // An exponent may be a whole number, and need not be a constant.
    if (op_type !== 'Pow' || slot === 0 || this.#version < versionOfMixedPowers) return true;
    const exponent = this.#constants.get(input[slot]) ?? this.#written.get(input[slot]);
    return this.#half.has(input[slot]) || exponent?.data_type === elementType.float;
  }

  #convertCast(each: Node): void {
    const to = each.attribute.find(({ name }) => name === 'to');
    if (Number(to?.i) === elementType.float && to) {
      to.i = elementType.half;
      this.#half.add(each.output[0]);
    }
    this.#nodes.push(each);
  }

  /** Leaves the node as it is, and makes its result half for those that follow. */
  #computeInSingle(each: Node): void {
    const [name] = each.output;
    const own = this.#fresh(name);
    each.output[0] = own;
    this.#nodes.push(each, cast(own, name, 'half'));
    this.#single.set(name, own);
    this.#half.add(name);
  }

  #asSingle(name: string): string {
    if (!this.#half.has(name)) return name;
    const known = this.#single.get(name);
    if (known !== undefined) return known;
    const own = this.#fresh(name);
    this.#nodes.push(cast(name, own, 'float'));
    this.#single.set(name, own);
    return own;
  }

  #asHalf(name: string): string {
    if (name === '' || this.#half.has(name)) return name;
    const known = this.#copies.get(name);
    if (known !== undefined) return known;
    const own = this.#fresh(name);
    this.#copies.set(name, own);
    const constant = this.#constants.get(name);
    if (constant === undefined) this.#nodes.push(cast(name, own, 'half'));
    else this.#graph.initializer.push(halfTensor(constant, own));
    return own;
  }

  #fresh(name: string): string {
    return `${prefix}/${name}`;
  }

  /** How many axes a node names; null where they are all, or where only the running network knows. */
  #axesOf({ attribute, input }: Node): number | null {
    const named = attribute.find(({ name }) => name === 'axes')?.ints;
    if (named?.length) return named.length;
    const given = this.#constants.get(input.at(1) ?? '') ?? this.#written.get(input.at(1) ?? '');
    return given?.dims.length === 1 ? Number(given.dims[0]) : null;
  }
}

/** Named so that it clashes with no node of the model, which may be called like another's value. */
function cast(from: string, to: string, type: 'half' | 'float'): Node {
  return { ...node('Cast', [from], to, { to: elementType[type] }), name: `${prefix}/cast/${to}` };
}

/** First version of the standard operators in which base and exponent may be of two types. */
const versionOfMixedPowers = 12;
const largestHalf = 65_504;

/** Rounded to the nearest; what is too large becomes the largest, because an infinity spoils what it is added to. */
function halfTensor(single: Tensor, name: string): Tensor {
  if (single.data_type !== elementType.float || single.data_location) {
    throw refusal(`keeps '${single.name ?? ''}' in a way that half precision is not made from`);
  }
  const values = floatsOf(single);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    halves[i] = toHalf(Math.min(largestHalf, Math.max(-largestHalf, values[i])));
  }
  return tensor(name, single.dims.map(Number), 'half', halves);
}
