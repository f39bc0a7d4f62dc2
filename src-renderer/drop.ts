/** Photos and folders that arrive by dropping or pasting, anywhere in the window. */
import { pictureOfDataUrl } from './data-url.ts';
import { mostExamples } from './searching/query.ts';
import type { AppState } from './state/app.svelte.ts';

/** What is being dragged over the window, as far as that can be known before it is dropped. */
export interface Dragged {
  photos: number;
  /** Folders, and files that the system knows no picture format for. */
  others: number;
  /** Whether it is over the examples of the query. */
  isAmongExamples: boolean;
}

/** null where no files are dragged. */
export function draggedOver({ dataTransfer, target }: DragEvent): Dragged | null {
  const files = Array.from(dataTransfer?.items ?? []).filter(({ kind }) => kind === 'file');
  if (!dataTransfer?.types.includes('Files')) return null;
  const photos = files.filter(({ type }) => type.startsWith('image/')).length;
  return { photos, others: files.length - photos, isAmongExamples: isAmongExamples(target) };
}

export function handlePaste(event: ClipboardEvent, app: AppState): void {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea') !== null;
  const text = isTyping ? '' : (event.clipboardData?.getData('text/plain') ?? '');
  const picture = pictureOfDataUrl(text);
  const pasted = photosIn(event.clipboardData);
  const files = pasted.length === 0 && picture ? [picture] : pasted;
  if (files.length === 0) return;
  event.preventDefault();
  take(event.target, files, app);
}

/** Folders are added to the library, and photos are searched with. */
export function handleDrop(event: DragEvent, app: AppState): void {
  const dropped = Array.from(event.dataTransfer?.items ?? []).flatMap((item) => {
    const file = item.getAsFile();
    return file ? [{ file, isFolder: item.webkitGetAsEntry()?.isDirectory ?? false }] : [];
  });
  if (dropped.length === 0) return;
  event.preventDefault();
  const folders = dropped.filter(({ isFolder }) => isFolder).map(({ file }) => file);
  const files = dropped.filter(({ isFolder }) => !isFolder).map(({ file }) => file);
  if (folders.length > 0) addFolders(folders, app);
  const { target } = event;
  if (files.length > 0) void app.attempt(() => takeDropped(target, files, app));
}

function addFolders(folders: File[], app: AppState): void {
  const paths = folders.map((folder) => app.client.pathForFile(folder));
  if (paths.every((path) => path !== '')) {
    void app.addDroppedFolders(paths);
    return;
  }
  app.notices.show(
    `A browser does not tell where “${folders[0].name}” lies, so it cannot be added by dropping it. Add it by its path instead.`,
    {
      action: {
        title: 'Add a folder',
        run: () => {
          app.addingFolder = true;
        },
      },
    },
  );
}

async function takeDropped(target: EventTarget | null, files: File[], app: AppState): Promise<void> {
  const dragged = await app.drag.photosOf(app.client.pathForFile(files[0]));
  // A photo that was only moved about in the window is no new query.
  if (dragged.length === 0) take(target, files, app);
  else if (isAmongExamples(target)) for (const photo of dragged.slice(0, mostExamples)) app.addExample(photo);
}

/** On the query's examples they become more of them; elsewhere they begin a new query. */
function take(target: EventTarget | null, files: File[], app: AppState): void {
  if (isAmongExamples(target)) app.addExamples(files);
  else app.findSimilarToFiles(files);
}

function isAmongExamples(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-takes="examples"]') !== null;
}

function photosIn(data: DataTransfer | null): File[] {
  return Array.from(data?.files ?? []).filter(({ type }) => type.startsWith('image/'));
}
