/** resources/sbom.cdx.json: the same parts for programs, as CycloneDX 1.6. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { librariesInside } from './libraries-inside.ts';
import { type Part, readPackage } from './shipped-parts.ts';

const { ComponentType, HashAlgorithm } = Enums;

/**
 * Always the same text for the same parts: it holds no time, no serial number and no address.
 * @param root folder of package.json; it must be built
 */
export function sbomText(root: string, parts: readonly Part[]): string {
  const bom = new Models.Bom();
  const itself = ownComponent(root);
  bom.metadata.component = itself;
  const components = new Map(parts.map((part) => [part.path, componentOf(part)]));
  for (const { path, needs } of parts) {
    const component = components.get(path);
    for (const need of needs) {
      const needed = components.get(need);
      if (component && needed) component.dependencies.add(needed.bomRef);
    }
  }
  for (const component of [...components.values(), electron(root), backbone(root)]) {
    bom.components.add(component);
    itself.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`;
}

function ownComponent(root: string): Models.Component {
  const { name, version, license, description } = readPackage(root);
  return new Models.Component(ComponentType.Application, String(name), {
    bomRef: String(name),
    version: String(version),
    description: String(description),
    licenses: licences(String(license)),
  });
}

function componentOf(part: Part): Models.Component {
  const { path, name, version, licence, integrity, bundled, installed } = part;
  const component = npmComponent(ComponentType.Library, { path, name, version, licence, integrity });
  component.properties.add(new Models.Property('semblance:bundled', String(bundled)));
  component.properties.add(new Models.Property('semblance:installed', String(installed)));
  for (const library of librariesInside(part)) {
    component.components.add(
      new Models.Component(ComponentType.Library, library.name, {
        bomRef: `${path}#${library.name}`,
        ...(library.version !== undefined && {
          version: library.version,
          purl: `pkg:generic/${library.name}@${library.version}`,
        }),
        ...(library.licence !== undefined && { licenses: licences(library.licence) }),
      }),
    );
  }
  return component;
}

type Described = Pick<Part, 'path' | 'name' | 'version' | 'licence' | 'integrity'>;

function npmComponent(type: Enums.ComponentType, described: Described): Models.Component {
  const { path, name, version, licence, integrity } = described;
  const slash = name.indexOf('/');
  return new Models.Component(type, name.slice(slash + 1), {
    ...(slash > 0 && { group: name.slice(0, slash) }),
    bomRef: path,
    version,
    licenses: licences(licence),
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(integrity !== undefined && { hashes: hashesOf(integrity) }),
  });
}

/** Of the window's package only, which holds more of Electron than the package of npm. */
function electron(root: string): Models.Component {
  const { version, license } = readPackage(join(root, 'node_modules/electron'));
  const path = 'node_modules/electron';
  return npmComponent(ComponentType.Framework, {
    path,
    name: 'electron',
    version: String(version),
    licence: String(license),
    integrity: undefined,
  });
}

/** The converted network, and the file that it was made from. */
function backbone(root: string): Models.Component {
  const text = readFileSync(join(root, 'resources/backbone/default.json'), 'utf8');
  const { title, licence, origin, sha256 } = JSON.parse(text) as Record<string, string>;
  const graph = readFileSync(join(root, 'out/models/default/graph.onnx'));
  const component = new Models.Component(ComponentType.MachineLearningModel, 'default-backbone', {
    bomRef: 'default-backbone',
    description: title,
    licenses: licences(licence),
    hashes: new Models.HashDictionary([
      [HashAlgorithm['SHA-256'], createHash('sha256').update(graph).digest('hex')],
    ]),
  });
  component.properties.add(new Models.Property('semblance:origin', origin));
  component.properties.add(new Models.Property('semblance:origin-sha256', sha256));
  return component;
}

function licences(expression: string): Models.LicenseRepository {
  return new Models.LicenseRepository([
    / (?:AND|OR) /.test(expression)
      ? new Models.LicenseExpression(expression)
      : new Models.SpdxLicense(expression),
  ]);
}

/** npm tells hashes in base 64, CycloneDX in base 16. */
function hashesOf(integrity: string): Models.HashDictionary {
  const hash = /^sha512-(.+)$/.exec(integrity)?.[1];
  return new Models.HashDictionary(
    hash === undefined ? [] : [[HashAlgorithm['SHA-512'], Buffer.from(hash, 'base64').toString('hex')]],
  );
}
