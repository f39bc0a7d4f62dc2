import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { wuchale } from 'wuchale/vite';
import { guidePages } from './src-renderer/build/guide-plugin.ts';

// CommonJS with explicit .cjs names and these targets run in the Electron that ships and in the older one that
// tests may have to use.
const node = 'node18.15';
const chrome = 'chrome114';
const output = {
  format: 'cjs' as const,
  entryFileNames: '[name].cjs',
  // Beside the entries: workers and resources are found relative to the running file.
  chunkFileNames: '[name]-[hash].cjs',
};

const entries = {
  shell: 'app/shell.ts',
  launch: 'cli/launch.ts',
  start: 'cli/start.ts',
  semblance: 'cli/semblance.ts',
  'eight-bit-process': 'vision/eight-bit-process.ts',
  'engine-process': 'engine/engine-process.ts',
  'analysis-worker': 'engine/analysis-worker.ts',
  'archive-check-worker': 'library/archive-check-worker.ts',
  'import-process': 'vision/import-process.ts',
  'lone-reader-process': 'vision/lone-reader-process.ts',
  'pooling-worker': 'engine/pooling-worker.ts',
  'probe-process': 'vision/probe-process.ts',
  'crew-worker': 'vision/crew-worker.ts',
  'preview-worker': 'engine/preview-worker.ts',
  'heif-worker': 'vision/heif-worker.ts',
  'hnsw-worker': 'search/hnsw-worker.ts',
  'scan-speed-worker': 'search/scan-speed-worker.ts',
  'vision-worker': 'vision/vision-worker.ts',
};

export default defineConfig({
  main: {
    build: {
      target: node,
      outDir: 'out/main',
      sourcemap: true,
      // What is no production dependency is bundled: valibot and p-limit. Electron's main process may be too old to require()
      // modules, and a module without a CommonJS form gives require() no default export.
      rolldownOptions: {
        input: Object.fromEntries(
          Object.entries(entries).map(([name, file]) => [
            name,
            resolve(import.meta.dirname, 'src-main', file),
          ]),
        ),
        output,
      },
    },
  },
  preload: {
    build: {
      target: node,
      outDir: 'out/preload',
      sourcemap: true,
      // A sandboxed preload script can require nothing but electron.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: resolve(import.meta.dirname, 'src-main/app/preload.ts') },
        output,
      },
    },
  },
  renderer: {
    root: resolve(import.meta.dirname, 'src-renderer'),
    css: { transformer: 'lightningcss' },
    plugins: [guidePages(), wuchale(), svelte()],
    build: {
      target: chrome,
      cssTarget: chrome,
      outDir: resolve(import.meta.dirname, 'out/renderer'),
      minify: true,
      sourcemap: true,
      rolldownOptions: {
        input: resolve(import.meta.dirname, 'src-renderer/index.html'),
        // Where the time of a build goes says nothing to a person who starts the app.
        checks: { bundlerTimings: false },
      },
    },
  },
});
