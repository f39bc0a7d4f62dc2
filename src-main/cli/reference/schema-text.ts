/** A schema written as a TypeScript type, with what it demands beyond the type in comments. */
import type * as v from 'valibot';
import type { SourcePlace } from './contract-source.ts';

type Schema = v.GenericSchema;

/** The parts that a schema of some kind has. */
interface SchemaParts {
  type: string;
  entries?: Record<string, Schema>;
  item?: Schema;
  key?: Schema;
  value?: Schema;
  wrapped?: Schema;
  options?: readonly unknown[];
  items?: readonly Schema[];
  literal?: unknown;
  class?: { name: string };
  default?: unknown;
  pipe?: readonly { kind: string; type: string; requirement?: unknown; message?: unknown }[];
}

export interface SchemaNames {
  /** What a schema is called that is described at a place of its own. */
  nameOf: (schema: Schema) => string | undefined;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';

function partsOf(schema: Schema): SchemaParts {
  return schema;
}

/** The type of a schema. */
export function typeText(schema: Schema, place: SourcePlace, names: SchemaNames): string {
  const name = names.nameOf(schema);
  if (name !== undefined) return name;
  const parts = partsOf(schema);
  switch (parts.type) {
    case 'object':
    case 'strict_object':
    case 'loose_object':
      return objectText(parts.entries ?? {}, place.part('entries'), names);
    case 'array':
      return `(${part(parts.item, place.part('item'), names)})[]`;
    case 'tuple':
    case 'strict_tuple':
      return `[${(parts.items ?? []).map((item, index) => part(item, place.part('items', String(index)), names)).join(', ')}]`;
    case 'record':
      return `Record<${part(parts.key, place.part('key'), names)}, ${part(parts.value, place.part('value'), names)}>`;
    case 'nullable':
      return `${part(parts.wrapped, place.part('wrapped'), names)} | null`;
    case 'optional':
    case 'exact_optional':
      return part(parts.wrapped, place.part('wrapped'), names);
    case 'union':
    case 'variant':
    case 'picklist':
      return (parts.options ?? [])
        .map((option, index) =>
          isSchema(option)
            ? typeText(option, place.part('options', String(index)), names)
            : JSON.stringify(option),
        )
        .join(' | ');
    case 'literal':
      return JSON.stringify(parts.literal);
    case 'instance':
      return parts.class?.name ?? 'object';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'unknown':
      return parts.type;
    default:
      throw new Error(`The reference has no words for a schema of the kind ${parts.type}.`);
  }
}

function part(schema: Schema | undefined, place: SourcePlace, names: SchemaNames): string {
  if (!schema) throw new Error('A schema lacks the part that its kind has.');
  return typeText(schema, place, names);
}

function objectText(entries: Record<string, Schema>, place: SourcePlace, names: SchemaNames): string {
  const lines = Object.entries(entries).map(([name, schema]) => {
    const isOptional = partsOf(schema).type.endsWith('optional');
    const said = [place.commentOf(name), demandsOf(schema)].filter(Boolean).join(' ');
    const comment = said === '' ? '' : `/** ${said.replaceAll('*/', '* /')} */\n`;
    return `${comment}${name}${isOptional ? '?' : ''}: ${typeText(schema, place.part(name), names)};`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n}`;
}

/** What is demanded beyond the type, in words: 'Whole; from 1 to 10. By default 3.' */
export function demandsOf(schema: Schema): string {
  const { type, wrapped, item, pipe = [], default: byDefault } = partsOf(schema);
  const said: string[] = [];
  const range = rangeOf(pipe, 'value');
  const length = rangeOf(pipe, 'length');
  if (pipe.some((each) => each.type.endsWith('integer')))
    said.push(range === '' ? 'whole' : `whole, ${range}`);
  else if (range !== '') said.push(range);
  if (length !== '') said.push(`${length} ${type === 'array' ? 'of them' : 'characters'}`);
  for (const { type: kind, requirement, message } of pipe) {
    if (kind === 'regex') said.push(`matches ${String(requirement)}`);
    if (kind === 'check' && typeof message === 'string') said.push(message);
  }
  const own = said.length === 0 ? '' : `${said.join('; ')}.`;
  const ofParts = wrapped ? demandsOf(wrapped) : item ? eachOf(demandsOf(item)) : '';
  const otherwise = byDefault === undefined ? '' : `By default ${JSON.stringify(byDefault)}.`;
  return [capital(own), capital(ofParts), otherwise].filter(Boolean).join(' ');
}

const eachOf = (demands: string): string => (demands === '' ? '' : `each: ${lowerFirst(demands)}`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function rangeOf(pipe: NonNullable<SchemaParts['pipe']>, of: 'value' | 'length'): string {
  const bound = (kind: string): number | undefined => {
    const found = pipe.find(({ type }) => type === `${kind}_${of}`)?.requirement;
    return typeof found === 'number' ? found : undefined;
  };
  const least = bound('min');
  const most = bound('max');
  if (least !== undefined && most !== undefined) return `from ${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? '' : `at most ${most}`;
}
