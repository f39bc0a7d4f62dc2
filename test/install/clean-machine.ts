/** A home folder with nothing in it, in which Semblance is installed from its tarball as a person would. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const outputLimitBytes = 64 * 1024 * 1024;

export interface Answer {
  code: number;
  output: string;
  errors: string;
}

export class CleanMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'semblance-install-'));
  readonly home = join(this.folder, 'home');
  /** Where npm puts packages that it installs globally. */
  readonly installed = join(this.folder, 'prefix/lib/node_modules/semblance');
  readonly #env: NodeJS.ProcessEnv;

  private constructor(registry: string, cache: string) {
    mkdirSync(this.home);
    const certificates = Object.entries(process.env).filter(([name]) =>
      /^(?:NODE_EXTRA_CA_CERTS|SSL_)/.test(name),
    );
    this.#env = {
      ...Object.fromEntries(certificates),
      // The machine's own programs, and not the Node of this checkout.
      PATH: [
        join(this.folder, 'prefix/bin'),
        ...(process.env['PATH'] ?? '').split(delimiter).filter((part) => !part.includes('node_modules')),
      ].join(delimiter),
      HOME: this.home,
      // What `npm ci` has fetched already is not fetched again.
      npm_config_cache: cache,
      npm_config_registry: registry,
      ONNXRUNTIME_NODE_INSTALL: 'skip',
    };
  }

  static async prepare(): Promise<CleanMachine> {
    const [registry, cache] = await Promise.all(['registry', 'cache'].map((name) => npmSetting(name)));
    return new CleanMachine(registry, cache);
  }

  /** Packs what is built, and installs the tarball. */
  async install(): Promise<void> {
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', this.folder], { cwd: repository });
    const [tarball] = readdirSync(this.folder).filter((name) => name.endsWith('.tgz'));
    const prefix = join(this.folder, 'prefix');
    await run(
      'npm',
      [
        'install',
        '--global',
        '--prefer-offline',
        '--no-fund',
        '--prefix',
        prefix,
        join(this.folder, tarball),
      ],
      {
        cwd: this.home,
        env: this.#env,
      },
    );
  }

  /** What a command says and ends with. */
  async ask(program: string, args: readonly string[]): Promise<Answer> {
    try {
      const { stdout, stderr } = await run(program, args, {
        cwd: this.home,
        env: this.#env,
        maxBuffer: outputLimitBytes,
      });
      return { code: 0, output: stdout, errors: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout, errors: stderr };
    }
  }

  async semblance(...args: string[]): Promise<Answer> {
    return this.ask('semblance', args);
  }

  /** Starts a command that goes on, and waits until it has printed this. */
  async start(args: readonly string[], expected: RegExp): Promise<{ process: ChildProcess; text: string }> {
    const child = spawn('semblance', args, {
      cwd: this.home,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    const printed = await new Promise<string>((found, failed) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          if (expected.test(text)) found(text);
        });
      }
      child.once('exit', () => failed(new Error(`semblance ended: ${text}`)));
    });
    return { process: child, text: printed };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Why nothing can be installed here, or null. */
export async function registryObstacle(): Promise<string | null> {
  try {
    await run('npm', ['view', 'semver', 'version'], { timeout: 60_000 });
    return null;
  } catch {
    return 'the npm registry is not reachable';
  }
}

async function npmSetting(name: string): Promise<string> {
  const { stdout } = await run('npm', ['config', 'get', name], { cwd: repository });
  return stdout.trim();
}
