/** Where a dropped file lies. */

/**
 * Electron 32 took `File.path` away and gave `webUtils` instead; both are tried, so that one build runs in either.
 * @returns absolute path, or '' for a file that lies nowhere, such as a picture dragged out of a page
 */
export function pathOfFile(
  file: File & { path?: string },
  webUtils: { getPathForFile(file: File): string } | undefined,
): string {
  if (typeof webUtils?.getPathForFile === 'function') return webUtils.getPathForFile(file);
  return file.path ?? '';
}
