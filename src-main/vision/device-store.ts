/** Verdicts on devices, kept from one start to the next, and what was in use when a program ended unexpectedly. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import type { Device, DeviceReport, Precision } from '../contract/index.ts';
import { fastestRight, processor } from './devices.ts';
import { isAlive } from './is-alive.ts';
import { keepFile, keptFile } from './kept-file.ts';
import { machineStamp } from './machine.ts';
import type { InstalledModel } from './models.ts';

const trial = {
  verdict: v.picklist(['right', 'wrong', 'missing', 'crashed', 'slow']),
  detail: v.string(),
  milliseconds: v.nullable(v.number()),
};
const precisionSchema = v.picklist(['single', 'half']);
const reportSchema = v.object({
  model: v.string(),
  probedAtMs: v.number(),
  machine: v.string(),
  chosen: v.string(),
  devices: v.array(
    v.object({
      provider: v.string(),
      ...trial,
      precision: precisionSchema,
      half: v.nullable(v.object(trial)),
    }),
  ),
});
const storeSchema = v.record(v.string(), reportSchema);

const storeName = 'devices.json';

function readStore(): Partial<Record<string, DeviceReport>> {
  try {
    return v.parse(storeSchema, JSON.parse(readFileSync(keptFile(storeName), 'utf8')));
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

export function storeReport({ info }: InstalledModel, report: DeviceReport): void {
  keepFile(storeName, JSON.stringify({ ...readStore(), [info.sha256]: report }, null, 2));
}

/** A device, and the precision that it computes in. */
export interface DeviceUse {
  provider: string;
  precision: Precision;
}

/**
 * Says of a device that it failed in use: it is not chosen again until it has been tried anew. Where it failed in half
 * precision, which may not hold the numbers of some photo, single precision is still trusted.
 */
export function distrust(model: InstalledModel, { provider, precision }: DeviceUse, detail: string): void {
  const report = storedReport(model);
  if (!report) return;
  const failed = ({ half, ...device }: Device): Device =>
    precision === 'half' && half
      ? { ...device, precision: 'single', half: { ...half, verdict: 'crashed', detail } }
      : { ...device, half, verdict: 'crashed', detail };
  const devices = report.devices.map((device) => (device.provider === provider ? failed(device) : device));
  storeReport(model, {
    ...report,
    devices,
    chosen: precision === 'half' ? fastestRight(devices) : processor,
  });
}

/** What computes at the moment, written down so that a program that a driver has ended is noticed by the next one. */
const useSchema = v.object({
  model: v.string(),
  provider: v.string(),
  precision: precisionSchema,
  pid: v.number(),
  ends: v.number(),
});
type Use = v.InferOutput<typeof useSchema>;
const usesSchema = v.array(useSchema);

const useFile = (): string => keptFile('device-in-use.json');
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

/**
 * What to compute a model with, which is taken note of until `endUse`: the fastest that is right, or the processor where
 * none was tried, or where the program has ended repeatedly while another computed.
 * @param beside models that are used together with it, and have a call of their own
 */
export function beginUse(model: InstalledModel, beside: readonly InstalledModel[] = []): DeviceUse {
  const { chosen: provider = processor, devices = [] } = storedReport(model) ?? {};
  const precision = devices.find((device) => device.provider === provider)?.precision ?? 'single';
  if (provider === processor) return { provider, precision: 'single' };
  const uses = lastUses();
  const last = uses.find((use) => use.model === model.info.sha256);
  const isSame = last?.provider === provider && last.precision === precision;
  // Another reader of the same process is no new start.
  const ends = isSame ? last.ends + (isAlive(last.pid) ? 0 : 1) : 0;
  const besides = new Set(beside.map(({ info }) => info.sha256));
  const others = uses.filter((use) => use !== last && besides.has(use.model));
  if (ends >= mostEnds) {
    writeUses(others);
    distrust(model, { provider, precision }, 'Semblance ended twice while it computed.');
    return beginUse(model, beside);
  }
  writeUses([...others, { model: model.info.sha256, provider, precision, pid: process.pid, ends }]);
  return { provider, precision };
}

/** Says that what computed has ended in order. */
export function endUse(): void {
  const uses = lastUses();
  const others = uses.filter(({ pid }) => pid !== process.pid);
  if (others.length < uses.length) writeUses(others);
}
