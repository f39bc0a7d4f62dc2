/** Finds the photos that a ground truth names, wherever they are kept. */
import { groupedBy } from '../descriptor/index.ts';

/**
 * A name may be a whole path, or the end of one, with its extension or without (the published lists have none). A
 * name that fits the ends of several paths stands for none of them, because guessing could only be wrong.
 * @param paths of the photos that may be named; either slash separates folders
 */
export function resolveNames(paths: readonly string[]): (name: string) => string | undefined {
  const whole = new Map(paths.map((path) => [slashed(path), path]));
  const byFileName = groupedBy(paths, fileName);
  const byStem = groupedBy(paths, (path) => stem(fileName(path)));
  return (name) => {
    const wanted = slashed(name);
    const exact = whole.get(wanted);
    if (exact !== undefined) return exact;
    const last = fileName(wanted);
    const named = endingIn(byFileName.get(last), wanted, slashed);
    // A dot in a name need not begin an extension.
    const [found, another] =
      named.length > 0 ? named : endingIn(byStem.get(last), wanted, (path) => stem(slashed(path)));
    return another === undefined ? found : undefined;
  };
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

function fileName(path: string): string {
  return slashed(path).split('/').pop() ?? '';
}

/** Without the extension, if there is one. */
function stem(name: string): string {
  return name.replace(/(?<=[^/])\.[^./]*$/, '');
}

function endingIn(
  paths: readonly string[] | undefined,
  end: string,
  form: (path: string) => string,
): (string | undefined)[] {
  return paths?.filter((path) => form(path) === end || form(path).endsWith(`/${end}`)) ?? [];
}
