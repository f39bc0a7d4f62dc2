/**
 * A contact sheet: photos in ranks and files, with what each is called, as one page of HTML that needs nothing else. It is
 * printed or mailed as it is, and shows names in every script, which a PDF does only with a font for each.
 */

export const sheetMediaType = 'text/html;charset=utf-8';

/** On one page of paper, A4 or Letter. */
const columns = 5;
const rows = 7;
const perPage = columns * rows;
/** Twenty pages, less than 20 MB: what can still be mailed. */
export const mostOnSheet = 20 * perPage;

/** A photo on a sheet. */
export interface SheetPhoto {
  name: string;
  /** What stands under the picture before the name, e.g. its rank, and after it, e.g. its score; '' for nothing. */
  before: string;
  after: string;
  /** A data URL; null where there is no picture, as while its drive is away. Called page by page. */
  picture: () => Promise<string | null>;
}

export interface ContactSheet {
  title: string;
  /** Lines below the title. */
  notes: readonly string[];
  /** What was searched with, beside the title. */
  examples: readonly SheetPhoto[];
  /** @see mostOnSheet */
  photos: readonly SheetPhoto[];
  /** The day is on the sheet, as ISO 8601 writes it. */
  madeAt: Date;
  /** Of the words, as HTML names it, e.g. 'en'. */
  language: string;
}

/**
 * The file part by part, so that neither all of its pictures nor the whole of it has to be in memory.
 * @throws RangeError for more photos than a sheet holds
 */
export async function* contactSheetParts(sheet: ContactSheet): AsyncGenerator<string> {
  const { title, notes, examples, photos, madeAt, language } = sheet;
  if (photos.length > mostOnSheet) throw new RangeError(`A contact sheet holds ${mostOnSheet} photos.`);
  const day = dayOf(madeAt);
  yield `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
`;
  const pages = Math.max(1, Math.ceil(photos.length / perPage));
  for (let page = 0; page < pages; page++) {
    const first = page * perPage;
    const figures = photos.slice(first, first + perPage).map((photo) => figure('li', photo));
    const asked = page === 0 ? examples.map((example) => figure('div', example)) : [];
    yield `<section>
<header>
${await together(asked)}<div class="head"><h1>${escaped(title)}</h1>
${notes.map((note) => `<p>${escaped(note)}</p>\n`).join('')}</div>
<p class="day"><time datetime="${day}">${day}</time><br>${page + 1} / ${pages}</p>
</header>
<ol start="${first + 1}">
${await together(figures)}</ol>
</section>
`;
  }
  yield '</body>\n</html>\n';
}

/** Several pictures of the query take no more room than four. */
const style = `
*{box-sizing:border-box;margin:0;padding:0}
body{background:#e8e8e8;color:#161616;font:9pt/1.25 system-ui,sans-serif}
section{display:flex;flex-direction:column;width:190mm;height:250mm;margin:8mm auto;padding:4mm;background:#fff}
header{display:flex;gap:3mm;align-items:center;height:22mm;padding-bottom:2mm;border-bottom:.3mm solid #bbb}
header>div:not(.head){flex:none;width:24mm}
header>div:not(.head):nth-child(n+5){display:none}
header figure{height:20mm}
header figcaption{display:none}
.head{flex:1;min-width:0}
h1{overflow:hidden;font-size:14pt;text-overflow:ellipsis;white-space:nowrap}
.head p{overflow:hidden;color:#555;text-overflow:ellipsis;white-space:nowrap}
.day{color:#555;text-align:right;white-space:nowrap}
ol{display:grid;flex:1;grid-template-columns:repeat(${columns},1fr);grid-template-rows:repeat(${rows},1fr);gap:2mm;min-height:0;padding-top:2mm;list-style:none}
li{min-width:0;min-height:0}
figure{display:flex;flex-direction:column;height:100%}
.frame{flex:1;min-height:0}
.frame:empty{background:#eee}
img{display:block;width:100%;height:100%;object-fit:contain}
figcaption{display:flex;gap:1mm;padding-top:.5mm;font-size:7.5pt;font-variant-numeric:tabular-nums;white-space:nowrap}
figcaption b{font-weight:600}
figcaption .name{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis}
figcaption .after{color:#555}
@page{margin:10mm}
@media print{
body{background:none}
section{width:auto;margin:0 auto;padding:0;break-after:page}
section:last-child{break-after:auto}
}
`;

async function figure(element: 'li' | 'div', photo: SheetPhoto): Promise<string> {
  const { name, before, after } = photo;
  const picture = await photo.picture();
  const image = picture === null ? '' : `<img src="${escaped(picture)}" alt="${escaped(name)}">`;
  const words = [
    before === '' ? '' : `<b>${escaped(before)}</b>`,
    `<span class="name" title="${escaped(name)}">${escaped(name)}</span>`,
    after === '' ? '' : `<span class="after">${escaped(after)}</span>`,
  ].join('');
  return `<${element}><figure><div class="frame">${image}</div><figcaption>${words}</figcaption></figure></${element}>\n`;
}

async function together(parts: readonly Promise<string>[]): Promise<string> {
  return (await Promise.all(parts)).join('');
}

/** By the clock of whoever makes the sheet. */
function dayOf(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}
