/** The engine, in process. Shells that fork it use supervisor.ts instead. */
export { describeExample } from './query-descriptor.ts';
export { type Diagnosis, diagnosisOf, diagnosisText } from './doctor.ts';
export { gatherDiagnostics } from './diagnostics.ts';
export { UpdateChecker } from './updates.ts';
export { Engine, type EngineOptions } from './engine.ts';
export { setAside } from '../library/index.ts';
export { genericFitFile, genericFitRecord } from './generic-fit.ts';
export { modelNamed } from './recipe-models.ts';
export { version } from './version.ts';
export { evaluateByFile } from './quality-file.ts';
