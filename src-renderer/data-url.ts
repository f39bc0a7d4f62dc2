/** Pictures that arrive as text. */

/** RFC 2397, as pictures use it. */
const form = /^data:(image\/[\w.+-]+);base64,([\w+/-]+={0,2})$/i;

/** The picture that a data URL holds; null for any other text. */
export function pictureOfDataUrl(text: string): File | null {
  const [, type, data] = form.exec(text.trim()) ?? [];
  if (!data) return null;
  try {
    // Both alphabets of base 64 are read.
    const bytes = atob(data.replaceAll('-', '+').replaceAll('_', '/'));
    return new File([Uint8Array.from(bytes, (letter) => letter.charCodeAt(0))], '', { type });
  } catch {
    return null;
  }
}
