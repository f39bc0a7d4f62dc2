import type { CacheInfo } from '../../src-main/contract/index.ts';
import { filled, plural } from '../plural.ts';
import { bytes, photos } from '../wording.ts';

/** What another budget for the cache would mean, said before it is set. */
export function budgetSentence(cache: CacheInfo, budgetBytes: number): string {
  const { bytes: now, bytesPerPhoto, photos: kept, ofPhotos } = cache;
  const over = now - budgetBytes;
  if (over > 0) {
    const dropped = bytesPerPhoto === 0 ? kept : Math.min(kept, Math.ceil(over / bytesPerPhoto));
    const sentence = plural(dropped, [
      '{space} are dropped at once: up to # photo will have to be read again when the recipe changes. The search is not affected.',
      '{space} are dropped at once: up to # photos will have to be read again when the recipe changes. The search is not affected.',
    ]);
    return filled(sentence, { space: bytes(over) });
  }
  const room = bytesPerPhoto === 0 ? Infinity : Math.floor(-over / bytesPerPhoto);
  const unread = ofPhotos - kept;
  if (unread <= room) return 'Nothing is dropped.';
  const sentence = plural(unread - room, [
    'Nothing is dropped. There is room for {room} more; # photo will have to be read again when the recipe changes.',
    'Nothing is dropped. There is room for {room} more; # photos will have to be read again when the recipe changes.',
  ]);
  return filled(sentence, { room: photos(room) });
}
