// Looks at pages of reports as a reader would: node faces.mjs FOLDER LANGUAGE...  (scripts/test-faces)
//
// Of each page, wide and light, wide and dark, and 380 px wide: nothing is said on the console, nothing is asked of the
// network, nothing scrolls sideways, every chart is drawn, no text in a chart stands on another by the boxes of the
// browser's own fonts, and axe-core finds no violation.  Of each page once: tables are sorted and put back in their order,
// copying gives rows with the digits behind the rounded figures, the search finds, and the page prints.
import { readFileSync } from 'fs';
import { chromium } from 'playwright-core';

const [folder, ...languages] = process.argv.slice(2);
const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const wrong = [];
const tell = (line) => { wrong.push(line); console.error(line); };

/* Texts that stand on each other, or out of their picture; 1 px is tolerated. */
const overlaps = () => {
  const found = [];
  for (const svg of document.querySelectorAll('svg.cv')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0 || svg.hasAttribute('aria-hidden')) continue;
    const boxes = [...svg.querySelectorAll('text')].map((t) => [t.getBoundingClientRect(), t.textContent]);
    boxes.forEach(([a, said], i) => {
      if (a.left < frame.left - 2 || a.right > frame.right + 2) found.push(`'${said}' sticks out`);
      for (const [b, other] of boxes.slice(0, i)) {
        const dx = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const dy = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (dx > 1 && dy > 4) found.push(`'${said}' stands on '${other}'`);
      }
    });
  }
  return found;
};

const drawn = () => [...document.querySelectorAll('figure[id^=f]')].filter((f) =>
  ![...f.querySelectorAll('svg')].some((s) => s.getBoundingClientRect().height > 20)).map((f) => `${f.id} is not drawn`);

const sorted = () => {
  const isFigure = (c) => c.tagName === 'TD' && c.className !== 't' && c.className !== 'l';
  const first = (t) => [...t.tBodies[0].rows[0].cells].findIndex(isFigure);
  const table = [...document.querySelectorAll('table.sortable')].find((t) => t.tBodies[0].rows.length > 3 && first(t) >= 0);
  if (!table) return 'there is no table to sort';
  const order = () => [...table.tBodies[0].rows].map((r) => r.textContent).join('|');
  const before = order();
  const at = first(table);
  const button = table.querySelectorAll('thead th')[at].querySelector('button');
  const values = () => [...table.tBodies[0].rows].map((r) => parseFloat(r.cells[at].dataset.v || r.cells[at].textContent.replace(/,/g, '')));
  button.click();
  const down = values().filter((v) => !isNaN(v));
  if (down.some((v, i) => i > 0 && v > down[i - 1])) return 'a table is not sorted';
  button.click();
  button.click();
  return order() === before ? '' : 'a table is not put back in its order';
};

/* Presses the button of the first folded table, and reads the clipboard. */
async function copied(page) {
  const fold = page.locator('details.data:has(button.copy)').first();
  await fold.evaluate((f) => { f.open = true; });
  await fold.locator('button.copy').click();
  const wanted = await fold.evaluate((f) => [...f.querySelectorAll('table')].map((t) => t.rows.length).reduce((a, b) => a + b, 0));
  const digits = await fold.evaluate((f) => f.querySelector('td[data-v]')?.dataset.v || '');
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes('\t'));
  const text = await page.evaluate(() => navigator.clipboard.readText());
  if (text.split('\n').filter((l) => l !== '').length !== wanted) return 'a copied table has other rows';
  return text.includes(digits) ? '' : `a copied table lacks ${digits}`;
}

async function look(page, said) {
  const problems = await page.evaluate(overlaps);
  problems.push(...await page.evaluate(drawn));
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (width > 0) problems.push(`scrolls ${width} px sideways`);
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  problems.push(...result.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`));
  problems.forEach((p) => tell(`${said}: ${p}`));
  console.log(`${said}: ${problems.length} problems`);
}

for (const language of languages) {
  for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [380, 'light']]) {
    const said = `${language} ${width} ${scheme}`;
    const context = await browser.newContext({ viewport: { width, height: 1000 }, colorScheme: scheme, bypassCSP: true });
    const page = await context.newPage();
    page.on('console', (m) => tell(`${said}: console: ${m.text()}`));
    page.on('pageerror', (e) => tell(`${said}: ${e.message}`));
    page.on('request', (r) => { if (!r.url().startsWith('file:')) tell(`${said}: asks for ${r.url().slice(0, 80)}`); });
    await page.goto(`file://${folder}/${language}.html`);
    await page.screenshot({ path: `${folder}/${language}-${width}-${scheme}.png` });
    await look(page, said);
    await context.close();
  }
  /* The page as it is, with its policy. */
  const context = await browser.newContext({
    viewport: { width: 1280, height: 1000 }, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.on('console', (m) => tell(`${language}: console: ${m.text()}`));
  await page.goto(`file://${folder}/${language}.html`);
  const order = await page.evaluate(sorted);
  if (order) tell(`${language}: ${order}`);
  const copy = await copied(page);
  if (copy) tell(`${language}: ${copy}`);
  await page.locator('.tools input').fill('a');
  if (await page.locator('.found a').count() === 0) tell(`${language}: the search finds nothing`);
  await page.pdf({ path: `${folder}/${language}.pdf`, preferCSSPageSize: true, printBackground: true });
  await context.close();
}
await browser.close();
console.log(wrong.length === 0 ? 'all well' : `${wrong.length} problems`);
process.exit(wrong.length === 0 ? 0 : 1);
