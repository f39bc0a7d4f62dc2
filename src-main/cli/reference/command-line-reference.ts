/** The reference of the command line, out of the commands themselves. */
import type { Command, Option } from 'commander';

/** `|` would end a cell. */
const cell = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`)
    .trim();

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function optionRow(option: Option): string {
  const { flags, description, argChoices, mandatory, hidden } = option;
  if (hidden) return '';
  const byDefault: unknown = option.defaultValueDescription ?? option.defaultValue;
  const hasDefault =
    byDefault !== undefined && byDefault !== false && !isEmptyList(byDefault) && !option.isBoolean();
  const more = [
    argChoices ? `One of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}.` : '',
    hasDefault ? `By default ${typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault)}.` : '',
    mandatory ? 'Has to be given.' : '',
  ].filter(Boolean);
  const said = more.length === 0 ? description : [`${description}.`, ...more].join(' ');
  return `| \`${cell(flags)}\` | ${cell(said)} |`;
}

function table(head: string, rows: readonly string[]): string {
  return rows.length === 0 ? '' : [`| ${head} | Meaning |`, '| --- | --- |', ...rows].join('\n');
}

/** Lines of examples that a command's help ends with. */
function examplesOf(command: Command): string {
  let text = '';
  const usual = { ...command.configureOutput() };
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(usual);
  const examples = /\nExamples?:\n([\s\S]*)$/.exec(text)?.[1] ?? '';
  const lines = examples.split('\n').map((line) => line.trim());
  return examples === '' ? '' : ['```sh', ...lines.filter(Boolean), '```'].join('\n');
}

function sectionsOf(command: Command, name: string): string[] {
  const own = [
    `## ${name}`,
    `${cell(command.description()).replace(/^./, (first) => first.toUpperCase())}.`.replace(/\.\.$/, '.'),
    `\`\`\`text\n${name} ${command.usage()}\n\`\`\``,
    table(
      'Argument',
      command.registeredArguments.map(
        (argument) => `| \`${argument.name()}\` | ${cell(argument.description)} |`,
      ),
    ),
    table('Option', command.options.map(optionRow).filter(Boolean)),
    examplesOf(command),
  ];
  const inner = command.commands.flatMap((each) => sectionsOf(each, `${name} ${each.name()}`));
  return [...own, ...inner];
}

export function commandLineReference(program: Command): string {
  const commands = program.commands.flatMap((each) => sectionsOf(each, `semblance ${each.name()}`));
  return [
    '# Reference: the command line',
    'Made from the commands themselves by `npm run reference`; a test fails when it is stale. ' +
      '[Command line](command-line.md) shows how they are used. Every command takes `--help`.',
    ...commands,
  ]
    .filter(Boolean)
    .join('\n\n');
}
