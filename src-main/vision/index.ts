/** A picture becomes feature statistics: decoding, backbone, taps, models. */
export { decodePhoto, type Pixels, thumbnailMediaType } from './decode.ts';
export { type InstalledModel, installedModels } from './models.ts';
export { extractionGraph, mapOutput, photoInput } from './onnx/extraction-graph.ts';
export { isPhotoName } from './photo-format.ts';
export { runtimeProduct } from './runtime-product.ts';
export { thumbnailOfFile } from './thumbnail.ts';
export { computeThreads, providerName, Vision } from './vision.ts';
export type { Extraction, FileReading } from './vision-messages.ts';
