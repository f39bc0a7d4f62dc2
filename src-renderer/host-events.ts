/** What the host around the page brings: photos and folders that the person opened, and actions from its own menu. */
import { isHostEvent, type Opened } from '../src-main/contract/index.ts';
import { runAction } from './actions.ts';
import type { AppState } from './state/app.svelte.ts';

/** Returns a function that ends it. */
export function hearHost(app: AppState): () => void {
  /** One hand-over after another, so that examples come in the order in which they were opened. */
  let taking = Promise.resolve();
  const takeAll = (): void => {
    taking = taking.then(() => app.attempt(() => takeOpened(app)));
  };
  return app.client.subscribe((event) => {
    // What was opened before the page was there waits for it.
    if (event.event === 'connection' && event.data.state === 'connected') takeAll();
    if (!isHostEvent(event)) return;
    if (event.event === 'opened') takeAll();
    else runAction(event.data.id, app);
  });
}

async function takeOpened(app: AppState): Promise<void> {
  for (;;) {
    const { opened } = await app.client.call('takeOpened', {});
    if (opened === null) return;
    open(opened, app);
  }
}

function open(opened: Opened, app: AppState): void {
  if (opened.kind === 'refused') {
    app.notices.show(opened.error.message, { isError: true });
    return;
  }
  app.viewer.close();
  if (opened.kind === 'folder') {
    app.askToAddFolder(opened.path);
    return;
  }
  const file = new File([new Uint8Array(opened.bytes)], opened.name);
  if (opened.isFirst) app.findSimilarTo(file);
  else app.addExamples([file]);
}
