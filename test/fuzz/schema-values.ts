/** Values that a valibot schema takes, by its structure (https://valibot.dev/guides/internal-architecture/). */
import type { Dice } from './dice.ts';

/** The parts of valibot's schemas and checks that say what a value is. */
export interface AnySchema {
  type: string;
  pipe?: AnySchema[];
  entries?: Record<string, AnySchema>;
  item?: AnySchema;
  items?: AnySchema[];
  key?: AnySchema;
  value?: AnySchema;
  wrapped?: AnySchema;
  options?: unknown[];
  literal?: unknown;
  requirement?: unknown;
  getter?: (input: unknown) => AnySchema;
}

export function valueOf(schema: AnySchema, dice: Dice): unknown {
  const { type, entries = {}, item, items = [], wrapped, options = [] } = schema;
  switch (type) {
    case 'strict_object':
    case 'object':
    case 'loose_object':
      return Object.fromEntries(
        Object.entries(entries)
          .map(([key, each]): [string, unknown] => [key, valueOf(each, dice)])
          .filter(([, value]) => value !== undefined),
      );
    case 'array':
      return item
        ? Array.from({ length: Math.max(lowest(schema), dice.below(4)) }, () => valueOf(item, dice))
        : [];
    case 'tuple':
    case 'strict_tuple':
      return items.map((each) => valueOf(each, dice));
    case 'union':
    case 'variant':
      return valueOf(dice.pick(options as AnySchema[]), dice);
    case 'optional':
    case 'exact_optional':
    case 'undefinedable':
      return wrapped && dice.chance(0.6) ? valueOf(wrapped, dice) : undefined;
    case 'nullable':
    case 'nullish':
      return wrapped && dice.chance(0.7) ? valueOf(wrapped, dice) : null;
    case 'picklist':
    case 'enum':
      return dice.pick(options);
    case 'literal':
      return schema.literal;
    case 'boolean':
      return dice.chance(0.5);
    case 'number':
      return Math.max(lowest(schema), dice.chance(0.7) ? dice.below(20) : dice.random());
    case 'string':
      return dice.pick(['a', 'hash 1', 'default', '/photos', 'keyword', 'x'.repeat(lowest(schema) || 1)]);
    case 'record':
      return {};
    case 'lazy':
      return schema.getter ? valueOf(schema.getter(undefined), dice) : null;
    case 'instance':
      return Uint8Array.from(dice.bytes(dice.below(200)));
    default:
      return dice.value();
  }
}

/** What the checks behind a schema ask for at least. */
function lowest({ pipe = [] }: AnySchema): number {
  const least = pipe
    .filter(({ type }) => ['min_value', 'min_length', 'gt_value'].includes(type))
    .map(({ requirement }) => Number(requirement));
  return Math.max(0, ...least);
}
