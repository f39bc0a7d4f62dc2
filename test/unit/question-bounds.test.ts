import { describe, expect, it } from 'vitest';
import { duplicateKinds, parseCommand } from '../../src-main/contract/index.ts';

const page = { offset: 0, limit: 10 };
const tags = (count: number): string[] => Array.from({ length: count }, (_, i) => `tag ${i}`);

describe('a question about duplicates', () => {
  it.each<[string, object, boolean]>([
    ['at the lowest threshold', { threshold: 0.3 }, true],
    ['below it', { threshold: 0.29 }, false],
    ['of every kind', { threshold: 0.9, kinds: [...duplicateKinds] }, true],
    ['of kinds named over and over', { threshold: 0.9, kinds: Array(1000).fill('burst') }, false],
    ['of fifty tags', { threshold: 0.9, filter: { tags: tags(50) } }, true],
    ['of more tags', { threshold: 0.9, filter: { tags: tags(51) } }, false],
  ])('%s is answered or refused before anything is computed', (_, question, valid) => {
    const parse = () => parseCommand('duplicates', { ...question, ...page });
    if (valid) expect(parse).not.toThrow();
    else expect(parse).toThrow();
  });
});
