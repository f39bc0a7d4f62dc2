/* eslint-disable @typescript-eslint/no-require-imports -- Electron 25 starts from CommonJS only. */
/**
 * What Electron's own default app does, and packaged Electrons lack: starts an app from its folder.
 * Usage: electron [switches] [-r MODULE]… FOLDER [arguments]
 */
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const { app } = require('electron');

const given = process.argv.slice(1);
const preloaded = [];
let folder = null;
while (given.length > 0 && folder === null) {
  const argument = given.shift();
  if (argument === '-r') preloaded.push(given.shift());
  else if (!argument.startsWith('-')) folder = resolve(argument);
}
if (folder === null) {
  process.stderr.write('Name the folder of an app.\n');
  process.exit(2);
}

Object.defineProperty(process, 'defaultApp', { enumerable: true, value: true });
for (const name of preloaded) Module._load(name, module, true);

const description = join(folder, 'package.json');
if (existsSync(description)) {
  const { name, productName = name, version } = JSON.parse(readFileSync(description, 'utf8'));
  app.setName(productName);
  app.setVersion(version);
}
app.setAppPath(folder);
Module._load(folder, module, true);
