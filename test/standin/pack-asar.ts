/**
 * Packs the stand-in's default app into the archive format that Electron loads it from.
 * Usage: node pack-asar.ts ARCHIVE
 */
import { readFileSync, writeFileSync } from 'node:fs';

const archive = process.argv.at(2);
if (archive === undefined) throw new Error('Name the archive to write.');

const contents = {
  'main.js': readFileSync(new URL('default-app.cjs', import.meta.url)),
  'package.json': Buffer.from(JSON.stringify({ name: 'standin', version: '1.0.0', main: 'main.js' })),
};

const files: Record<string, { size: number; offset: string }> = {};
let offset = 0;
for (const [name, { length }] of Object.entries(contents)) {
  files[name] = { size: length, offset: String(offset) };
  offset += length;
}

// Two nested Chromium pickles: the header's length, and the header padded to four bytes.
const header = Buffer.from(JSON.stringify({ files }));
const padding = (4 - (header.length % 4)) % 4;
const payload = 4 + header.length + padding;
const lengths = Buffer.alloc(16);
lengths.writeUInt32LE(4, 0);
lengths.writeUInt32LE(4 + payload, 4);
lengths.writeUInt32LE(payload, 8);
lengths.writeUInt32LE(header.length, 12);
writeFileSync(archive, Buffer.concat([lengths, header, Buffer.alloc(padding), ...Object.values(contents)]));
