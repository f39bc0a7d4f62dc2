/** A model with everything in it that may be a feature map as an output, to be run once and looked at. */
import { type Model, type Node } from './schema.ts';
import { dropUnused } from './prune.ts';

/** A value of a graph that may be a feature map. */
export interface Candidate {
  value: string;
  /** The operator that makes it. */
  operator: string;
  /** Whether it is what a network calls an activation. */
  isActivation: boolean;
}

const activations = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Clip',
  'Elu',
  'Selu',
  'Celu',
  'HardSwish',
  'Mish',
  'Gelu',
  'Softplus',
]);
/** Operators whose results are maps or tokens without being activations. */
const others = new Set([
  'Add',
  'Conv',
  'Concat',
  'BatchNormalization',
  'LayerNormalization',
  'Mul',
  'MaxPool',
  'Sum',
]);
/** What gates its own input in activations that exporters take apart: x · gate(x). */
const gates = new Set(['Sigmoid', 'HardSigmoid', 'Erf', 'Add', 'Mul', 'Div', 'Tanh', 'Softplus', 'Clip']);
/** A gate is made from x by at most so many operators: Gelu is x · (1 + erf(x / √2)) / 2. */
const longestGate = 6;

/** Everything in a model that may be a feature map, in the order of computing. */
export function candidatesOf({ graph }: Model): Candidate[] {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const activated = new Set<string>();
  return graph.node.flatMap((node): Candidate[] => {
    const { op_type: operator, domain, output } = node;
    const isActivation =
      activations.has(operator) ||
      (operator === 'Mul' && gatesItself(node, makers)) ||
      // Branches that are joined behind their activations.
      (operator === 'Concat' && node.input.every((name) => activated.has(name)));
    if (isActivation) activated.add(output[0]);
    // Contributed operators, such as fused ones, are taken as well: by shape it is seen what they give.
    const contributed = domain !== undefined && domain !== '' && domain !== 'ai.onnx';
    if (!isActivation && !others.has(operator) && !contributed) return [];
    return [{ value: output[0], operator, isActivation }];
  });
}

/** Whether a product is x · gate(x), as in SiLU, hard swish and GELU. */
function gatesItself(product: Node, makers: ReadonlyMap<string, Node>): boolean {
  const [a, b] = product.input;
  return isGateOf(a, b, makers) || isGateOf(b, a, makers);
}

function isGateOf(gate: string, x: string, makers: ReadonlyMap<string, Node>): boolean {
  let open = [gate];
  for (let depth = 0; depth < longestGate; depth++) {
    const inner = open.flatMap((name) => {
      const maker = makers.get(name);
      return maker && gates.has(maker.op_type) ? maker.input : [];
    });
    if (inner.includes(x)) return true;
    open = inner;
  }
  return false;
}

/** Leaves a model, in place, only the given values as outputs; their types the runtime infers. */
export function exposeValues({ graph }: Model, values: readonly string[]): void {
  graph.output = values.map((name) => ({ name }));
  dropUnused(graph);
}

/** Side of the patches that the first convolution cuts a picture into, as in transformers; null for other networks. */
export function patchSide({ graph }: Model): number | null {
  const first = graph.node.find(({ op_type }) => op_type === 'Conv');
  const integers = (name: string): number[] =>
    (first?.attribute.find((attribute) => attribute.name === name)?.ints ?? []).map(Number);
  const [kernel, strides] = [integers('kernel_shape'), integers('strides')];
  const side = kernel[0];
  const isPatching =
    kernel.length === 2 &&
    side >= 7 &&
    [...kernel, ...strides].every((each) => each === side) &&
    strides.length === 2;
  return isPatching ? side : null;
}
