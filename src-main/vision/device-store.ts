/** Verdicts on devices, kept from one start to the next, and what was in use when a program ended unexpectedly. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { DeviceReport } from '../contract/index.ts';
import { processor } from './devices.ts';
import { machineStamp } from './machine.ts';
import { ownModelsFolder } from './model-folders.ts';
import type { InstalledModel } from './models.ts';

const reportSchema = v.object({
  model: v.string(),
  probedAtMs: v.number(),
  machine: v.string(),
  chosen: v.string(),
  devices: v.array(
    v.object({
      provider: v.string(),
      verdict: v.picklist(['right', 'wrong', 'missing', 'crashed', 'slow']),
      detail: v.string(),
      milliseconds: v.nullable(v.number()),
    }),
  ),
});
const storeSchema = v.record(v.string(), reportSchema);

const storeFile = (): string => path.join(ownModelsFolder(), 'devices.json');

function readStore(): Partial<Record<string, DeviceReport>> {
  try {
    return v.parse(storeSchema, JSON.parse(readFileSync(storeFile(), 'utf8')));
  } catch {
    // Nothing was tried yet, or by another version: it will be tried again.
    return {};
  }
}

/** What was found for a model, unless runtime, processor or driver have changed since. */
export function storedReport({ info }: InstalledModel): DeviceReport | null {
  const report = readStore()[info.sha256];
  return report?.machine === machineStamp() ? report : null;
}

/** Where the folder cannot be written, it is found out again the next time. */
export function storeReport({ info }: InstalledModel, report: DeviceReport): void {
  const temporary = `${storeFile()}.${process.pid}`;
  try {
    mkdirSync(ownModelsFolder(), { recursive: true });
    writeFileSync(temporary, JSON.stringify({ ...readStore(), [info.sha256]: report }, null, 2));
    renameSync(temporary, storeFile());
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Says of a device that it failed in use: it is not chosen again until it has been tried anew. */
export function distrust(model: InstalledModel, provider: string, detail: string): void {
  const report = storedReport(model);
  if (!report) return;
  const devices = report.devices.map((device) =>
    device.provider === provider ? { ...device, verdict: 'crashed' as const, detail } : device,
  );
  storeReport(model, { ...report, devices, chosen: processor });
}

/** What computes at the moment, written down so that a program that a driver has ended is noticed by the next one. */
const useSchema = v.object({ model: v.string(), provider: v.string(), pid: v.number(), ends: v.number() });
type Use = v.InferOutput<typeof useSchema>;
/** Before two models could be in use, one was written. */
const usesSchema = v.union([
  v.array(useSchema),
  v.pipe(
    useSchema,
    v.transform((use) => [use]),
  ),
]);

const useFile = (): string => path.join(ownModelsFolder(), 'device-in-use.json');
/** Programs are ended by other things, too; twice in a row while the same device computed is no accident. */
const mostEnds = 2;

function lastUses(): Use[] {
  try {
    return v.parse(usesSchema, JSON.parse(readFileSync(useFile(), 'utf8')));
  } catch {
    return [];
  }
}

function writeUses(uses: readonly Use[]): void {
  if (uses.length === 0) rmSync(useFile(), { force: true });
  else writeFileSync(useFile(), JSON.stringify(uses));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * The provider to compute a model with, which is taken note of until `endUse`: the fastest that is right, or the processor
 * where none was tried, or where the program has ended repeatedly while another computed.
 * @param beside models that are used together with it, and have a call of their own
 */
export function beginUse(model: InstalledModel, beside: readonly InstalledModel[] = []): string {
  const provider = storedReport(model)?.chosen ?? processor;
  if (provider === processor) return processor;
  const uses = lastUses();
  const last = uses.find((use) => use.model === model.info.sha256);
  const isSame = last?.provider === provider && !isAlive(last.pid);
  const ends = isSame ? last.ends + 1 : 0;
  const besides = new Set(beside.map(({ info }) => info.sha256));
  const others = uses.filter((use) => use !== last && besides.has(use.model));
  if (ends >= mostEnds) {
    writeUses(others);
    distrust(model, provider, 'Semblance ended twice while it computed.');
    return processor;
  }
  writeUses([...others, { model: model.info.sha256, provider, pid: process.pid, ends }]);
  return provider;
}

/** Says that what computed has ended in order. */
export function endUse(): void {
  const uses = lastUses();
  const others = uses.filter(({ pid }) => pid !== process.pid);
  if (others.length < uses.length) writeUses(others);
}
