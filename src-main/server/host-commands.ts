/** What the server answers itself: the host commands of the contract, and commands that it limits. */
import { dirname } from 'node:path';
import * as v from 'valibot';
import {
  type AnyCommandAnswers,
  type AnyCommandName,
  type Binning,
  binThrough,
  type CallCommand,
  type HostCommandName,
  hostCommandArguments,
  type HostInfo,
  isHostCommandName,
  movingArguments,
  parseCommand,
  refuseOffline,
  refuseOtherNames,
  SemblanceError,
} from '../contract/index.ts';
import { confined } from './allowed-path.ts';
import type { OpenedFiles } from '../engine/opened-files.ts';
import { hasDesktop, openOnDesktop } from './desktop.ts';
import { moveToBin } from './system-bin.ts';

export interface Host {
  call: CallCommand;
  /** Pages may name only what is under these real paths. */
  roots: string[];
  opened: OpenedFiles;
  /** null for the person's usual library. */
  libraryName: string | null;
}

/**
 * Answers any command that came over the wire.
 * @throws SemblanceError
 */
export async function answerCommand(
  host: Host,
  command: string,
  args: unknown,
): Promise<AnyCommandAnswers[AnyCommandName]> {
  if (isHostCommandName(command)) return answerHostCommand(host, command, args);
  if (Object.hasOwn(movingArguments, command)) {
    // Both name files of this machine, and an import may name folders anywhere on it.
    throw notMovedHere();
  }
  const parsed = confined(command, parseCommand(command, args), host.roots);
  return host.call(command as never, parsed as never);
}

async function answerHostCommand(
  host: Host,
  command: HostCommandName,
  args: unknown,
): Promise<AnyCommandAnswers[HostCommandName]> {
  const parsed = v.safeParse(hostCommandArguments[command], args);
  if (!parsed.success)
    throw new SemblanceError('invalid-arguments', `${command}: ${parsed.issues[0].message}`);
  switch (command) {
    case 'hostInfo':
      return hostInfo(host);
    case 'chooseFolder':
      throw new SemblanceError(
        'not-available',
        'A browser cannot choose folders here. Type the path of the folder.',
      );
    case 'chooseModel':
      throw new SemblanceError(
        'not-available',
        'A browser cannot choose files of this machine here. Type the path of the file.',
      );
    case 'chooseExport':
    case 'chooseImport':
      throw notMovedHere();
    case 'revealPhoto':
      return showPhoto(
        host,
        parsed.output as { photoId: number },
        dirname,
        'There is no desktop to show the folder on.',
      );
    case 'openPhoto':
      return showPhoto(
        host,
        parsed.output as { photoId: number },
        (path) => {
          refuseOtherNames({ path });
          return path;
        },
        'There is no desktop or no program to open the photo with.',
      );
    case 'choosePhotos':
      throw new SemblanceError(
        'not-available',
        'The photos of this machine are chosen in a window of it. Drop them on this page instead.',
      );
    case 'takeOpened':
      return { opened: await host.opened.take() };
    case 'dragPhotos':
      throw new SemblanceError(
        'not-available',
        'A browser drags no files out. Reveal the photo in its folder instead.',
      );
    case 'setTheme':
      throw new SemblanceError('not-available', 'A browser keeps the theme of this page itself.');
    case 'setLanguage':
      throw new SemblanceError('not-available', 'A browser keeps the language of this page itself.');
    case 'openReleasePage':
      throw new SemblanceError(
        'not-available',
        'The page that shows this is in a browser already. Follow its link.',
      );
    case 'binPhotos':
      return binThrough(host.call, parsed.output as Binning, moveToBin);
  }
}

function hostInfo({ roots, libraryName }: Host): HostInfo {
  return {
    kind: 'server',
    platform: process.platform,
    canChooseFolder: false,
    canReveal: hasDesktop(),
    canDragOut: false,
    allowedRoots: roots,
    libraryName,
    versions: {},
    theme: null,
    language: null,
  };
}

/** Shows something of a photo's file on the desktop around the server, where there is one. */
async function showPhoto(
  host: Host,
  { photoId }: { photoId: number },
  targetOf: (path: string) => string,
  refusal: string,
): Promise<{ path: string }> {
  const photo = await host.call('fileOf', { photoId });
  refuseOffline(photo);
  const { path } = photo;
  if (!(await openOnDesktop(targetOf(path)))) {
    throw new SemblanceError('not-available', `${refusal} The photo is ${path}`, { photo: path });
  }
  return { path };
}

function notMovedHere(): SemblanceError {
  return new SemblanceError(
    'not-available',
    'A browser moves no libraries. On the machine that holds this one: semblance export FILE.zip, and semblance import FILE.zip',
  );
}
