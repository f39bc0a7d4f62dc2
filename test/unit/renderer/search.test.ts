import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  CommandArguments,
  PhotoDetails,
  Reply,
  SearchAnswer,
} from '../../../src-main/contract/index.ts';
import { Client } from '../../../src-renderer/client.ts';
import type * as SearchModule from '../../../src-renderer/state/search.svelte.ts';

let searchModule: typeof SearchModule;

// Nothing is drawn here, so plain fields do in place of Svelte's signals.
beforeAll(async () => {
  const plain = (value: unknown): unknown => value;
  vi.stubGlobal('$state', Object.assign(plain, { raw: plain }));
  searchModule = await import('../../../src-renderer/state/search.svelte.ts');
});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Asked = CommandArguments['search'];

function answerOf(milliseconds: number): SearchAnswer {
  return {
    results: [],
    milliseconds,
    tier: 'exact',
    searched: 3,
    whiteningRecall: null,
    steps: [],
    gone: [],
  };
}

/** A search whose questions the test answers, or that are answered at once with their number. */
function setUp(answersAtOnce = true) {
  const asked: Asked[] = [];
  const answers: ((reply: Reply) => void)[] = [];
  const client = new Client({
    send: (_command, args) => {
      asked.push(args as Asked);
      const answer = { id: 0, ok: true, value: answerOf(asked.length) } as Reply;
      return answersAtOnce ? Promise.resolve(answer) : new Promise((resolve) => answers.push(resolve));
    },
    subscribe: () => () => undefined,
  });
  const search = new searchModule.Search(client);
  return { search, asked, answers, last: () => asked[asked.length - 1] };
}

function detailsOf(id: number, isOffline = false): PhotoDetails {
  return { id, name: `${id}.jpg`, offline: isOffline } as PhotoDetails;
}

/** A search that has found as many photos as were asked for, of which the library knows the given ones later. */
async function found(later: PhotoDetails[]) {
  const results = Array.from({ length: 100 }, (_, i) => ({ photo: detailsOf(i), score: 1 - i / 100 }));
  const client = new Client({
    send: (command) => {
      const value = command === 'search' ? { ...answerOf(1), results } : later;
      return Promise.resolve({ id: 0, ok: true, value } as Reply);
    },
    subscribe: () => () => undefined,
  });
  const search = new searchModule.Search(client);
  await search.withPhoto({ id: 0, name: '0.jpg' });
  return search;
}

const beach = { id: 1, name: 'beach.jpg' };
const town = { id: 2, name: 'town.jpg' };
const crop = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };

describe('a steered search', () => {
  it('asks with every example, weight, part, strength, switch and condition', async () => {
    const { search, last } = setUp();
    await search.withPhoto(beach);
    await search.judge(town, -1);
    await search.limit(search.query.examples[0], { crop, ignored: [crop] });
    await search.improve({ geometry: { top: 50 } });
    await search.filterBy({ formats: ['jpeg'] });
    const whitened = search.whiten(0.5);
    await vi.runAllTimersAsync();
    await whitened;
    expect(last()).toMatchObject({
      examples: [
        { kind: 'photo', photoId: 1, weight: 1, crop, ignored: [crop] },
        { kind: 'photo', photoId: 2, weight: -1 },
      ],
      whitening: 0.5,
      filter: { formats: ['jpeg'] },
      ranking: { geometry: { top: 50 } },
    });
  });

  it('asks always as the same one, so that a later question ends an earlier one', async () => {
    const { search, asked } = setUp();
    await search.withPhoto(beach);
    await search.addPhoto(town);
    expect(asked[0].asker).toBeTruthy();
    expect(asked[1].asker).toBe(asked[0].asker);
  });

  it('shows the answer to the latest question, whichever comes first', async () => {
    const { search, answers } = setUp(false);
    const first = search.withPhoto(beach);
    await vi.runAllTimersAsync();
    const second = search.addPhoto(town);
    await vi.runAllTimersAsync();
    answers[1]({ id: 0, ok: true, value: answerOf(2) });
    answers[0]({ id: 0, ok: false, error: { code: 'cancelled', message: 'Cancelled.', retryable: false } });
    await Promise.all([first, second]);
    expect(search.answer?.milliseconds).toBe(2);
    expect(search.error).toBeNull();
    expect(search.busy).toBe(false);
  });

  it('leads back through whole queries', async () => {
    const { search, last } = setUp();
    await search.withPhoto(beach);
    await search.limit(search.query.examples[0], { crop, ignored: [] });
    await search.judge(town, 1);
    await search.back();
    expect(last().examples).toEqual([{ kind: 'photo', photoId: 1, weight: 1, crop }]);
    await search.back();
    expect(last().examples).toEqual([{ kind: 'photo', photoId: 1, weight: 1 }]);
    expect(search.canGoBack).toBe(false);
    await search.forward();
    expect(last().examples).toMatchObject([{ crop }]);
  });

  it('takes the moves of one slider for one step, and asks when it rests', async () => {
    const { search, asked, last } = setUp();
    await search.withPhoto(beach);
    const moves = [0.9, 0.5, 0.2].map((weight) => search.weigh(search.query.examples[0], weight));
    await vi.runAllTimersAsync();
    await Promise.all(moves);
    expect(asked).toHaveLength(2);
    expect(last().examples[0].weight).toBe(0.2);
    await search.back();
    expect(last().examples[0].weight).toBe(1);
    expect(search.canGoBack).toBe(false);
  });

  it('judges a photo that is an example already anew, rather than twice', async () => {
    const { search } = setUp();
    await search.withPhoto(beach);
    await search.judge(town, 1);
    await search.judge(town, -1);
    expect(search.query.examples.map(({ name, weight }) => [name, weight])).toEqual([
      ['beach.jpg', 1],
      ['town.jpg', -1],
    ]);
  });

  it('asks nothing while nothing is wanted', async () => {
    const { search, asked } = setUp();
    await search.withPhoto(beach);
    await search.judge(beach, -1);
    expect(asked).toHaveLength(1);
    expect(search.answer).toBeNull();
    await search.remove(search.query.examples[0]);
    expect(search.query.examples).toEqual([]);
    expect(search.canGoBack).toBe(true);
  });

  it('keeps how is searched when another photo is searched with', async () => {
    const { search, last } = setUp();
    await search.filterBy({ formats: ['png'] });
    await search.improve({ expansion: { count: 5, alpha: 3 } });
    expect(search.canGoBack).toBe(false);
    await search.withPhoto(beach);
    await search.withPhoto(town);
    expect(last()).toMatchObject({ filter: { formats: ['png'] }, ranking: { expansion: { count: 5 } } });
    expect(last().examples).toHaveLength(1);
  });

  it('gives back a file’s picture once no query shows it any more', async () => {
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:1');
    const revoke = vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
    const { search } = setUp();
    await search.withPhoto(beach);
    await search.addFile(new File(['x'], 'boat.jpg'));
    await search.improve({ geometry: { top: 50 } });
    await search.back();
    await search.judge(town, 1);
    expect(revoke).not.toHaveBeenCalled();
    await search.back();
    await search.back();
    await search.withPhoto(town);
    expect(revoke).toHaveBeenCalledWith('blob:1');
  });
});

describe('results that are shown while the library changes', () => {
  const all = Array.from({ length: 100 }, (_, id) => detailsOf(id));

  it('tell when their drive has gone', async () => {
    const search = await found(all.map(({ id }) => detailsOf(id, id === 3)));
    await search.refresh();
    expect(search.answer?.results.filter(({ photo }) => photo.offline).map(({ photo }) => photo.id)).toEqual([
      3,
    ]);
    expect(search.answer?.results[3].score).toBeCloseTo(0.97);
  });

  it('go with their photos, and more can still be asked for', async () => {
    const search = await found(all.filter(({ id }) => id !== 1 && id !== 2));
    await search.refresh();
    expect(search.answer?.results.slice(0, 2).map(({ photo }) => photo.id)).toEqual([0, 3]);
    expect(search.count).toBe(98);
    expect(search.hasMore).toBe(true);
  });

  it('stay the very same where nothing has changed, so that nothing is drawn anew', async () => {
    const search = await found(all);
    const { answer } = search;
    await search.refresh();
    expect(search.answer).toBe(answer);
  });
});
