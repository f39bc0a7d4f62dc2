/**
 * `npm run bench:explain`: how long the reasons of a match take, as a person meets them: a photo of the library is searched
 * with, and one result after the other is asked about. The first answer loads the network. Photos: ../shared/data/grocery,
 * or a folder given as an argument.
 */
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { engineOfPhotos } from './engine-of-photos.ts';
import { percentile } from './percentile.ts';

/** Results that are asked about. */
const results = 30;
/** Within which the reasons of a match are there. */
const targetMs = 500;

const { engine, photoIds, close } = await engineOfPhotos(
  resolve(process.argv[2] ?? '../shared/data/grocery'),
  60,
);
try {
  const examples = [{ kind: 'photo' as const, photoId: photoIds[0] }];
  const found = await engine.call('search', { examples, top: results + 1 });
  const times: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  for (const { photo } of found.results.slice(1)) {
    times.push((await engine.call('explain', { examples, photoId: photo.id })).milliseconds);
  }
  delay.disable();
  const [first, ...others] = times;
  const [p50, p95] = [percentile(others, 0.5), percentile(others, 0.95)];
  console.log(
    `${photoIds.length} photos, load ${loadavg()[0].toFixed(1)}: first ${first.toFixed(0)} ms; ` +
      `then p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms of ${others.length} ` +
      `(at most ${targetMs} ms: ${p95 <= targetMs ? 'kept' : 'MISSED'}); ` +
      `the engine was busy for at most ${(delay.max / 1e6).toFixed(0)} ms at a time`,
  );
} finally {
  await close();
}
