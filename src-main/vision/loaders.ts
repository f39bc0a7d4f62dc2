/**
 * Whatever a file pretends to be, only these decoders see it: others run scripts or read further files. The setting is one
 * for the whole process. For a moment all are blocked, so that it is made once, before photos are read: a thread that made
 * it anew would let photos fail that others decode meanwhile.
 */
import sharp from 'sharp';

/** Threads are given the environment of the one that starts them; another process has another number. */
const marker = 'SEMBLANCE_LOADERS_CHOSEN_BY';

if (process.env[marker] !== String(process.pid)) {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: [
      'VipsForeignLoadJpeg',
      'VipsForeignLoadPng',
      'VipsForeignLoadWebp',
      'VipsForeignLoadNsgif',
      'VipsForeignLoadTiff',
      'VipsForeignLoadHeif',
    ],
  });
  process.env[marker] = String(process.pid);
}
