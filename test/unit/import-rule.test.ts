import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
// The import rule alone, as the project configures it, and so without the types of the whole project.
const lint = new ESLint({
  cwd: root,
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
});

/** What the rule says of a file that holds only this import. */
async function complaints(file: string, imported: string): Promise<string[]> {
  const [{ messages }] = await lint.lintText(`import * as other from '${imported}';\nexport { other };\n`, {
    filePath: path.join(root, file),
  });
  return messages.map(({ message }) => message);
}

describe('the import rule of the house', () => {
  it.each([
    ['src-main/descriptor/index.ts', '../library/index.ts', /stands below library/],
    ['src-main/contract/index.ts', '../descriptor/index.ts', /stands below descriptor/],
    ['src-main/search/index.ts', '../engine/index.ts', /stands below engine/],
    ['src-main/vision/onnx/model-file.ts', '../../library/index.ts', /stands below library/],
    ['src-main/cli/semblance.ts', '../app/shell.ts', /stands below app/],
    ['src-main/library/index.ts', '../descriptor/pooling.ts', /public face/],
    ['src-main/engine/index.ts', '../search/exact-index.ts', /public face/],
    ['src-main/cli/semblance.ts', '../engine/jobs.ts', /public face/],
    ['src-main/cli/options.ts', '../vision/model-folders.ts', /public face/],
    ['src-main/engine/index.ts', '../../src-renderer/main.ts', /never imports the interface/],
    ['src-renderer/main.ts', '../src-main/engine/index.ts', /contract\/index\.ts/],
    ['src-renderer/main.ts', '../src-main/contract/types.ts', /contract\/index\.ts/],
  ])('refuses %s importing %s', async (file, imported, reason) => {
    expect(await complaints(file, imported)).toEqual([expect.stringMatching(reason)]);
  });

  it.each([
    ['src-main/library/index.ts', '../descriptor/index.ts'],
    ['src-main/descriptor/index.ts', './pooling.ts'],
    ['src-main/vision/onnx/model-file.ts', '../../descriptor/index.ts'],
    ['src-main/app/shell.ts', '../engine/supervisor.ts'],
    ['src-main/cli/semblance.ts', '../engine/index.ts'],
    ['src-main/cli/options.ts', '../vision/data-folder.ts'],
    ['src-renderer/main.ts', '../src-main/contract/index.ts'],
  ])('lets %s import %s', async (file, imported) => {
    expect(await complaints(file, imported)).toEqual([]);
  });
});
