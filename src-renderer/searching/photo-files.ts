/** Photos from the disk, as a browser's dialog asks for them. */

/** What the dialog offers: pictures that browsers know, and those that they do not. */
export const photoFileTypes = 'image/*,.heic,.heif,.hif,.cr2,.cr3,.nef,.arw,.dng,.raf,.orf,.rw2';

/** Asks for photos; for this a person must just have pressed something. Empty where they change their mind. */
export function pickPhotos(): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = photoFileTypes;
  input.multiple = true;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
