import type { CacheInfo } from '../../src-main/contract/index.ts';
import { bytes, photos } from '../wording.ts';

/** What another budget for the cache would mean, said before it is set. */
export function budgetSentence(cache: CacheInfo, budgetBytes: number): string {
  const { bytes: now, bytesPerPhoto, photos: kept, ofPhotos } = cache;
  const over = now - budgetBytes;
  if (over > 0) {
    const dropped = bytesPerPhoto === 0 ? kept : Math.min(kept, Math.ceil(over / bytesPerPhoto));
    return `${bytes(over)} are dropped at once: up to ${photos(dropped)} will have to be read again when the recipe changes. The search is not affected.`;
  }
  const room = bytesPerPhoto === 0 ? Infinity : Math.floor(-over / bytesPerPhoto);
  const unread = ofPhotos - kept;
  return unread > room
    ? `Nothing is dropped. There is room for ${photos(room)} more; ${photos(unread - room)} will have to be read again when the recipe changes.`
    : 'Nothing is dropped.';
}
