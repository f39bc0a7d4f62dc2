/** The reference of the contract, out of its schemas, its types and their comments. */
import type * as v from 'valibot';
import * as contract from '../../contract/index.ts';
import { ContractSource } from './contract-source.ts';
import { demandsOf, type SchemaNames, typeText } from './schema-text.ts';

const { commandArguments, errorCodes, hostCommandArguments, photoProblemCodes } = contract;

/** Schemas that the contract exports under a name, by themselves. */
function namedSchemas(): Map<unknown, string> {
  const named = new Map<unknown, string>();
  for (const [name, value] of Object.entries(contract)) {
    if (name.endsWith('Schema')) named.set(value, name);
  }
  return named;
}

const typeName = (schemaName: string): string =>
  schemaName.charAt(0).toUpperCase() + schemaName.slice(1).replace(/Schema$/, '');

/** Types that follow from a schema; the schema says more. */
const isInferred = (type: string): boolean => type.includes('v.InferOutput');

export function contractReference(): string {
  const source = new ContractSource();
  const named = namedSchemas();
  const met = new Set<v.GenericSchema>();
  /** @param within the schema that is described at the moment, which must not be replaced by its own name */
  const names = (within?: v.GenericSchema): SchemaNames => ({
    nameOf: (schema) => {
      const name = schema === within ? undefined : named.get(schema);
      if (name === undefined) return undefined;
      met.add(schema);
      return typeName(name);
    },
  });
  const texts: string[] = [];

  const commandsOf = (
    schemas: Record<string, v.GenericSchema>,
    constant: string,
    answers: string,
  ): string[] => {
    const answerOf = new Map(source.membersOf(answers).map((answer) => [answer.name, answer]));
    const place = source.placeOf(constant);
    return Object.entries(schemas).flatMap(([name, schema]) => {
      const args = typeText(schema, place.part(name), names());
      const answer = answerOf.get(name);
      texts.push(answer?.type ?? '');
      return [
        `### ${name}`,
        place.commentOf(name),
        [
          '```ts',
          `type Arguments = ${args};`,
          ...(answer?.comment ? [`/** ${answer.comment} */`] : []),
          `type Answer = ${answer?.type ?? 'unknown'};`,
          '```',
        ].join('\n'),
      ];
    });
  };

  const engine = commandsOf(commandArguments, 'commandArguments', 'CommandAnswers');
  const host = commandsOf(hostCommandArguments, 'hostCommandArguments', 'HostCommandAnswers');
  const events = source.membersOf('EngineEvents').flatMap(({ name, comment, type }) => {
    texts.push(type);
    return [`### ${name} (event)`, comment, `\`\`\`ts\ntype Data = ${type};\n\`\`\``];
  });

  // Describing a schema may meet further ones, which the set's iterator reaches as well.
  const schemas: { name: string; text: string }[] = [];
  for (const schema of met) {
    const exported = named.get(schema) ?? '';
    const demands = demandsOf(schema);
    const body = typeText(schema, source.placeOf(exported), names(schema));
    const text = [demands, `\`\`\`ts\ntype ${typeName(exported)} = ${body};\n\`\`\``]
      .filter(Boolean)
      .join('\n\n');
    schemas.push({ name: typeName(exported), text });
  }
  const described = new Set(schemas.map(({ name }) => name));
  const types = source
    .typesNamedIn(texts)
    .filter(({ name, type }) => !described.has(name) && !isInferred(type))
    .map(({ name, comment, type }) => ({
      name,
      text: [comment, `\`\`\`ts\n${type}\n\`\`\``].filter(Boolean).join('\n\n'),
    }));
  const data = [...schemas, ...types]
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .flatMap(({ name, text }) => [`### ${name} (data)`, text]);

  return [
    '# Reference: the contract',
    'Made from `src-main/contract` by `npm run reference`; a test fails when it is stale. The window, the server and the ' +
      'command line give these commands to the engine. Arguments are checked wherever they come in; what is not named here ' +
      'is refused. Answers and events are plain data. Times are milliseconds since 1970 unless a name says otherwise.',
    '## Commands of the engine',
    ...engine,
    '## Commands of the host',
    'These are answered by what the engine runs in: the window, or the server for a browser.',
    ...host,
    '## Events',
    ...events,
    '## Error codes',
    'What each means and what to do is in [Troubleshooting](troubleshooting.md).',
    `A command ends with one of: ${errorCodes.map((code) => `\`${code}\``).join(', ')}.`,
    `A photo is set aside with one of: ${photoProblemCodes.map((code) => `\`${code}\``).join(', ')}.`,
    '## Data',
    ...data,
  ]
    .filter(Boolean)
    .join('\n\n');
}
