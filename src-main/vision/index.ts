/** A picture becomes feature statistics: decoding, backbone, taps, models. */
export { addModel, addModelFrom, removeModel } from './add-model.ts';
export { alteredPhotos, alterations } from './alterations.ts';
export { catalogue } from './catalogue.ts';
export { croppedPhoto } from './cropped-photo.ts';
export { addEightBitCopy } from './eight-bit-copy.ts';
export { type DecodeLimits, limitsFor } from './decode-limits.ts';
export { decodePhoto, thumbnailMediaType } from './decode.ts';
export { heatPicture } from './heat-picture.ts';
export { installable, installModel, type InstallOptions } from './install-model.ts';
export { LoneReader } from './lone-reader.ts';
export { type InstalledModel, installedModels } from './models.ts';

export { type FileMetadata, metadataVersion } from './photo-metadata.ts';
export { type MetadataOfFile, metadataOfFile } from './metadata-of-file.ts';
export { partsWithin } from './picture-parts.ts';
export { readPhotoFile } from './read-file.ts';
export { runtimeProduct } from './runtime-product.ts';
export { inputName, lastActivation, type TapOutput, TappedModel } from './tapped-model.ts';
export { isPhotoName } from './photo-format.ts';
export { smallCopy } from './small-copy.ts';
export { thumbnailOfFile } from './thumbnail.ts';
export { beginUse, distrust, endUse, storedReport, storeReport } from './device-store.ts';
export { probeDevices, processor } from './devices.ts';
export { keepFile, keptFile } from './kept-file.ts';
export { machineStamp } from './machine.ts';
export { computeThreads, Vision } from './vision.ts';
export type { FileReading, NamedBytes, NamedPicture, TapMap } from './vision-messages.ts';
