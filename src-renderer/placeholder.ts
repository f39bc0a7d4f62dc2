/** What is seen of a photo until its thumbnail is there. */
import { thumbHashToDataURL } from 'thumbhash';

/** @param placeholder ThumbHash in base64; '' for none */
export function placeholderImage(placeholder: string): string {
  if (placeholder === '') return 'none';
  const hash = Uint8Array.from(atob(placeholder), (letter) => letter.charCodeAt(0));
  return `url(${thumbHashToDataURL(hash)})`;
}
