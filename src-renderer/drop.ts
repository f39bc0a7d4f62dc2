/** Photos and folders that arrive by dropping or pasting, anywhere in the window. */
import { pictureOfDataUrl } from './data-url.ts';
import { mostExamples } from './searching/query.ts';
import type { AppState } from './state/app.svelte.ts';

export function handlePaste(event: ClipboardEvent, app: AppState): void {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea') !== null;
  const text = isTyping ? '' : (event.clipboardData?.getData('text/plain') ?? '');
  const file = firstPhoto(event.clipboardData) ?? pictureOfDataUrl(text);
  if (!file) return;
  event.preventDefault();
  take(event, file, app);
}

export function handleDrop(event: DragEvent, app: AppState): void {
  const item = event.dataTransfer?.items[0];
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  event.preventDefault();
  if (item?.webkitGetAsEntry()?.isDirectory) {
    const path = app.client.pathForFile(file);
    if (path) void app.attempt(() => app.addFolder(path));
    else
      app.notices.show('A browser does not tell where a folder lies. Choose Add a folder and type its path.');
    return;
  }
  const among = isAmongExamples(event);
  void app.attempt(async () => {
    const dragged = await app.drag.photosOf(app.client.pathForFile(file));
    // A photo that was only moved about in the window is no new query.
    if (dragged.length === 0) take(event, file, app);
    else if (among) for (const photo of dragged.slice(0, mostExamples)) app.addExample(photo);
  });
}

/** On the query's examples it becomes one more of them; elsewhere it begins a new query. */
function take(event: Event, file: File, app: AppState): void {
  if (isAmongExamples(event)) app.addExample(file);
  else app.findSimilarTo(file);
}

function isAmongExamples({ target }: Event): boolean {
  return target instanceof Element && target.closest('[data-takes="examples"]') !== null;
}

function firstPhoto(data: DataTransfer | null): File | undefined {
  return Array.from(data?.files ?? []).find(({ type }) => type.startsWith('image/'));
}
