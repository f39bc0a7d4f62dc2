import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guideFolder, referencePages } from '../../../src-main/cli/reference/reference-pages.ts';
import { commandArguments, hostCommandArguments } from '../../../src-main/contract/index.ts';

const pages = await referencePages();

describe('the reference', () => {
  it.each([...pages])('is stored as its definitions make it (npm run reference): %s', async (name, text) => {
    expect(await readFile(join(guideFolder, name), 'utf8')).toBe(text);
  });

  it('describes every command of the contract, with its answer', () => {
    const text = pages.get('reference-contract.md') ?? '';
    for (const name of [...Object.keys(commandArguments), ...Object.keys(hostCommandArguments)]) {
      const [, section = ''] = text.split(`\n### ${name}\n`);
      expect(section.slice(0, section.indexOf('\n### ')), name).toMatch(/type Answer =/);
    }
    expect(text).not.toContain('type Answer = unknown');
  });
});
