import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../../src-main/cli/program.ts';
import { codeIn, storedPages } from '../../fixtures/guide-pages.ts';

const lines = [...storedPages('en').values(), ...storedPages('de').values()].flatMap(({ name, source }) =>
  codeIn(source)
    .map((code) => /(?:^|\| |npm run -s semblance -- )(semblance .*)$/.exec(code)?.[1] ?? '')
    // Usage of the reference and names of commands alone are no calls.
    .filter((line) => line !== '' && !/[[\]…<]/.test(line) && !name.startsWith('reference-'))
    .map((line) => [line, name] as const),
);

/** The command that a line calls, and what stands behind its name. */
function called(words: readonly string[]): { command: Command; rest: string[] } {
  let command: Command = program;
  const rest = [...words];
  for (;;) {
    const inner = command.commands.find((each) => each.name() === rest[0]);
    if (!inner) return { command, rest };
    command = inner;
    rest.shift();
  }
}

/** Throws where the command would refuse the line before it begins. */
function parse(line: string): void {
  const [, ...words] = line.split(' ');
  if (words.length === 1 && (words[0] === '--help' || words[0] === '--version')) return;
  const { command, rest } = called(words);
  expect(command, line).not.toBe(program);
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  const { operands, unknown } = command.parseOptions(rest.filter((word) => word !== '--help'));
  expect(unknown, line).toEqual([]);
  const { registeredArguments } = command;
  const isOpen = registeredArguments.some(({ variadic }) => variadic);
  expect(operands.length, line).toBeGreaterThanOrEqual(
    registeredArguments.filter(({ required }) => required).length,
  );
  if (!isOpen) expect(operands.length, line).toBeLessThanOrEqual(registeredArguments.length);
}

describe('a command that the guide shows', () => {
  it.each(lines)('is one that there is: %s (%s)', (line) => {
    expect(() => parse(line)).not.toThrow();
  });

  it('is refused here when an option is misspelt', () => {
    expect(() => parse('semblance search a.jpg --tpo 5')).toThrow();
    expect(() => parse('semblance evaluate --by mood')).toThrow();
    expect(() => parse('semblance serach a.jpg')).toThrow();
  });
});
