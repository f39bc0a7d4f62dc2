import { adapter as svelte, createSvelteHeuristic } from '@wuchale/svelte';
import { defaultHeuristicOpts, defineConfig, pofile } from 'wuchale';
import { adapter as vanilla } from 'wuchale/adapter-vanilla';

/** Names of keys as events tell them, which are compared and not shown. */
const keyNames =
  /^(Arrow\w+|Page\w+|Home|End|Enter|Escape|Space|Tab|Delete|Backspace|Mod(\+\S+)?|Shift|Ctrl|Alt)$/;
/** Names that are the same in every language, and what style sheets read. */
const names =
  /^(Semblance|GeM|HNSW|Xavier|[A-Z]:|rgb\(.*|(translate|linear-gradient)\(.*|\(prefers-.*|\d+px .*)$/s;

const byDefault = createSvelteHeuristic(defaultHeuristicOpts);

/** Calls whose arguments a person never reads. */
const machineCalls =
  /^(closest|matches|querySelector\w*|getContext|startsWith|endsWith|includes|join|split|createObjectURL|setAttribute|getPropertyValue|addEventListener|postMessage|send|call|URL)$/;

/**
 * What is a text that a person reads: whatever stands in markup; in code, what begins with a capital letter or has more
 * than one word. A single small word, such as 'none', says that it is one by a wc-include comment before its statement.
 */
function heuristic(message) {
  const text = message.msgStr.join('\n');
  const { scope, call } = message.details;
  if (keyNames.test(text) || names.test(text)) return false;
  if (scope === 'script' && call !== undefined && machineCalls.test(call.split('.').at(-1))) return false;
  const isSentence = scope === 'script' && /\p{Ll}{2,}/u.test(text) && /\S (?!\{)\p{L}|\p{L} \S/u.test(text);
  return isSentence ? 'message' : byDefault(message);
}

const localesDir = 'src-renderer/locales';

const storage = pofile({ dir: localesDir });

/**
 * One catalogue a language for the whole page. The texts stand in the source, in English, and are put in their place at
 * build time. The language is settled before anything else is loaded (main.ts), so that nothing has to be reactive.
 */
export default defineConfig({
  locales: ['en', 'de'],
  localesDir,
  logLevel: 'warn',
  adapters: {
    components: svelte({
      files: ['src-renderer/**/*.svelte', 'src-renderer/**/*.svelte.ts'],
      heuristic,
      runtime: {
        initReactive: ({ funcName }) => ((funcName ?? null) === null ? false : null),
        useReactive: false,
      },
      storage,
    }),
    modules: vanilla({
      files: {
        include: 'src-renderer/**/*.ts',
        ignore: [
          '**/*.svelte.ts',
          `${localesDir}/**`,
          'src-renderer/build/**',
          'src-renderer/main.ts',
          'src-renderer/map/map-worker.ts',
        ],
      },
      heuristic,
      // Texts at the top of a module need no function around them, which the adapter would put its variable into.
      runtime: {
        initReactive: () => null,
        useReactive: false,
        plain: { wrapUse: () => "_w_load_('modules')" },
      },
      storage,
    }),
  },
});
