/** The contract over HTTP and WebSocket on loopback, for a browser. */
export { requestAddress } from './control-file.ts';
export { openOnDesktop } from './desktop.ts';
export { isLoopback } from './own-names.ts';
export { serve, type RunningServer } from './serve.ts';
export { moveToBin } from './system-bin.ts';
