/** Cutting a graph down to what given outputs need, so that nothing else is computed. */
import { SemblanceError } from '../../contract/index.ts';
import type { Graph, Node } from './schema.ts';

/** Names that a node reads, those that its inner graphs read from outside included. */
export function reads(node: Node): string[] {
  const inner = node.attribute.flatMap((attribute) => [
    ...(attribute.g ? [attribute.g] : []),
    ...(attribute.graphs ?? []),
  ]);
  return [
    ...node.input,
    ...inner.flatMap((graph) => [...graph.node.flatMap(reads), ...graph.output.map(({ name }) => name)]),
  ].filter((name) => name !== '');
}

/** Drops from the graph, in place, all nodes and constants that its outputs do not need. */
export function dropUnused(graph: Graph): void {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const needed = new Set<string>();
  const kept = new Set<Node>();
  const open = graph.output.map(({ name }) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const maker = makers.get(name);
    if (maker === undefined || kept.has(maker)) continue;
    kept.add(maker);
    open.push(...reads(maker));
  }
  graph.node = graph.node.filter((node) => kept.has(node));
  graph.initializer = graph.initializer.filter(({ name }) => needed.has(name ?? ''));
  graph.sparse_initializer = (graph.sparse_initializer ?? []).filter(({ values }) =>
    needed.has(values?.name ?? ''),
  );
  graph.input = graph.input.filter(({ name }) => needed.has(name));
  // Shapes noted by an exporter may not hold any more, and the runtime infers them itself.
  graph.value_info = [];
}

/**
 * Leaves a graph, in place, only the given outputs, in that order, and what they need.
 * @throws SemblanceError `model-invalid` when it has no such output
 */
export function keepOutputs(graph: Graph, outputs: string[]): void {
  graph.output = outputs.map((wanted) => {
    const output = graph.output.find(({ name }) => name === wanted);
    if (output !== undefined) return output;
    const names = graph.output.map(({ name }) => name).join(', ');
    throw new SemblanceError('model-invalid', `The model has no tap '${wanted}'. Choose among: ${names}.`);
  });
  dropUnused(graph);
}
