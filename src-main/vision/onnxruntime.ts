/**
 * The one door to onnxruntime. On Linux and macOS its official builds report each model to their maker, and keep an
 * identity of the machine in the person's cache folder, unless this variable is set before the first session
 * (microsoft/onnxruntime#27379). Nothing leaves the machine here.
 *
 * A worker thread has a copy of the environment that native code does not see; so the main thread of every process that works
 * with models has to load this as well, as the public face of vision/ does.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';

// eslint-disable-next-line no-restricted-imports -- everybody else comes through here
export { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
