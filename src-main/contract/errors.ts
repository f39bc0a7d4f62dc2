/**
 * Every error that crosses a process boundary is an `ErrorReport`. Its message says what happened and what to do.
 */

/** Codes of errors that end a command. */
export const errorCodes = [
  'invalid-arguments',
  'unknown-command',
  'not-found',
  'no-such-folder',
  'folder-not-allowed',
  'folder-overlaps',
  'not-a-photo',
  'no-library',
  'empty-library',
  'library-in-use',
  'library-damaged',
  'library-newer',
  'archive-invalid',
  'library-unsafe',
  'library-read-only',
  'disk-full',
  'no-model',
  'model-invalid',
  'download-failed',
  'recipe-mismatch',
  'not-enough-photos',
  'no-ground-truth',
  'must-read-photos',
  'not-available',
  'cancelled',
  'engine-lost',
  'internal',
] as const;

/** Codes of reasons why one photo was set aside; such a photo never stops a job. */
export const photoProblemCodes = [
  'unreadable',
  'unsupported-format',
  'truncated',
  'corrupt',
  'empty-file',
  'too-large',
  'changed-while-reading',
  'not-a-file',
  'path-too-long',
  'too-slow',
  'decoder-crashed',
  'model-failed',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
export type PhotoProblemCode = (typeof photoProblemCodes)[number];

/** The plain form of an error, as it crosses a process boundary. */
export interface ErrorReport {
  code: ErrorCode | PhotoProblemCode;
  /** One sentence that says what happened, and what to do about it. */
  message: string;
  /** Whether the same call may succeed later without a change. */
  retryable: boolean;
  /** The path or name of the photo concerned. */
  photo?: string;
}

export interface ErrorDetails {
  retryable?: boolean;
  photo?: string;
  cause?: unknown;
}

/** An expected failure with a code. Anything else that is thrown is reported as `internal`. */
export class SemblanceError extends Error {
  override readonly name = 'SemblanceError';
  readonly code: ErrorReport['code'];
  readonly retryable: boolean;
  readonly photo: string | undefined;

  constructor(code: ErrorReport['code'], message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.photo = details.photo;
  }

  static fromReport(report: ErrorReport): SemblanceError {
    const { photo } = report;
    return new SemblanceError(report.code, report.message, {
      retryable: report.retryable,
      ...(photo === undefined ? {} : { photo }),
    });
  }
}

/** Whether a code is the reason of a single photo rather than of a whole command. */
export function isPhotoProblem(code: ErrorReport['code']): code is PhotoProblemCode {
  return (photoProblemCodes as readonly string[]).includes(code);
}

/** Turns whatever was thrown into a report. */
export function toErrorReport(thrown: unknown): ErrorReport {
  if (thrown instanceof SemblanceError) {
    const { code, message, retryable, photo } = thrown;
    return { code, message, retryable, ...(photo === undefined ? {} : { photo }) };
  }
  return { code: 'internal', message: `Unexpected error: ${messageOf(thrown)}`, retryable: false };
}

/** What something that was thrown says, whatever it is. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The code that the system or SQLite gave an error, e.g. ENOSPC; '' for any other. */
export function systemCodeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}
