/** The system's panel about the app, where it has one; elsewhere Settings tell the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import * as v from 'valibot';

const packageSchema = v.object({ version: v.string(), license: v.string(), author: v.string() });

/** @param root folder of package.json */
export function setAboutPanel(root: string): void {
  const { version, license, author } = v.parse(
    packageSchema,
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  app.setAboutPanelOptions({
    applicationName: app.getName(),
    applicationVersion: version,
    version: '',
    copyright: `${author}, ${license} licence`,
    credits: 'Third-party notices lie beside the app, in resources/third-party-notices.txt.',
  });
}
