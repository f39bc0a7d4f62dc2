/** Names under which the page and the main process talk. */
export const commandChannel = 'semblance:command';
export const eventChannel = 'semblance:event';
