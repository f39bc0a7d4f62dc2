/** What the verdicts on devices depend on, in one line. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import path from 'node:path';

let stamp: string | undefined;

/**
 * Version of the runtime, processor, and on Linux the graphics drivers, e.g. `i915 8086:9a49`. It is gathered once: the
 * window asks for the status often, and a running program keeps the drivers that it has loaded.
 */
export function machineStamp(): string {
  return (stamp ??= gatheredStamp());
}

function gatheredStamp(): string {
  return [
    `onnxruntime ${runtimeVersion()}`,
    `${platform()} ${arch()}`,
    cpus().at(0)?.model.trim() ?? 'unknown processor',
    ...graphics(),
  ].join(', ');
}

export function runtimeVersion(): string {
  const file = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

const drm = '/sys/class/drm';
const nvidia = '/proc/driver/nvidia/version';

/** Other systems tell drivers to nobody who does not ask the graphics library itself. */
function graphics(): string[] {
  if (!existsSync(drm)) return [];
  const cards = readdirSync(drm)
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => path.join(drm, name, 'device'))
    .flatMap((device) => {
      try {
        const id = ['vendor', 'device'].map((part) =>
          readFileSync(path.join(device, part), 'utf8').trim().replace('0x', ''),
        );
        return [`${path.basename(readlinkSync(path.join(device, 'driver')))} ${id.join(':')}`];
      } catch {
        // A card without a driver computes nothing.
        return [];
      }
    });
  return existsSync(nvidia) ? [...cards, readFileSync(nvidia, 'utf8').split('\n')[0].trim()] : cards;
}
