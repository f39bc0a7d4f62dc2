/** Formulas of the guide, $…$ in a line and $$…$$ in lines of their own, as MathML: nothing is computed in the page. */
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';
import temml from 'temml';

/** @throws where TeX cannot be read, so that a formula is never shown half */
function mathMarkup(tex: string, displayMode: boolean): string {
  const markup = temml.renderToString(tex, { displayMode, throwOnError: true, trust: false });
  // The page's content security policy takes no style of an element's own; the guide's style sheet says the same.
  return markup.replaceAll(/ style="[^"]*"/g, '');
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== '$') return false;
  const end = state.src.indexOf('$', state.pos + 1);
  if (end <= state.pos + 1 || end >= state.posMax) return false;
  if (!silent) state.push('math', 'math', 0).content = state.src.slice(state.pos + 1, end);
  state.pos = end + 1;
  return true;
}

function lineAt(state: StateBlock, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trim();
}

function blockMath(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if (lineAt(state, startLine) !== '$$') return false;
  if (silent) return true;
  let line = startLine + 1;
  while (line < endLine && lineAt(state, line) !== '$$') line++;
  const token = state.push('math_block', 'math', 0);
  token.content = state.getLines(startLine + 1, line, 0, false);
  state.line = line + 1;
  return true;
}

export function math(markdown: MarkdownIt): void {
  markdown.inline.ruler.after('escape', 'math', inlineMath);
  markdown.block.ruler.before('fence', 'math_block', blockMath, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
  markdown.renderer.rules['math'] = (tokens, index) => mathMarkup(tokens[index]?.content ?? '', false);
  markdown.renderer.rules['math_block'] = (tokens, index) => mathMarkup(tokens[index]?.content ?? '', true);
}
