/* The page is complete without this: it adds search, light and dark, the mark of the current chapter, sorting, copying. */
(() => {
  const d = document, root = d.documentElement, said = root.dataset;
  const all = (what, from = d) => [...from.querySelectorAll(what)];
  const make = (name, text, cls) => {
    const e = d.createElement(name);
    if (text) e.textContent = text;
    if (cls) e.className = cls;
    if (name === 'button') e.type = 'button';
    return e;
  };

  const tools = make('div', '', 'tools'), theme = make('button'), find = make('input'), found = make('ul', '', 'found');
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const name = () => { theme.textContent = isDark() ? said.light : said.dark; };
  theme.onclick = () => { root.dataset.theme = isDark() ? 'light' : 'dark'; name(); };
  name();
  find.type = 'search';
  find.placeholder = said.find;
  find.setAttribute('aria-label', said.find);
  tools.append(find, theme);
  d.querySelector('header').append(tools, found);

  /* Headings, figures and rows that hold the words; a result goes to the nearest part with a name. */
  find.oninput = () => {
    const words = find.value.toLowerCase().trim();
    const seen = new Set();
    found.replaceChildren();
    if (!words) return;
    for (const e of all('main h2, main h3, main h4, main li, main th, main dd')) {
      const part = e.closest('[id]:not(h2)');
      if (!part || seen.has(part) || !e.textContent.toLowerCase().includes(words)) continue;
      seen.add(part);
      if (seen.size > 30) break;
      const a = make('a', (part.querySelector('h4, h3, h2') || e).textContent);
      a.href = '#' + part.id;
      a.onclick = () => { const fold = e.closest('details'); if (fold) fold.open = true; found.replaceChildren(); };
      const li = make('li');
      li.append(a);
      found.append(li);
    }
    if (!seen.size) found.append(make('li', said.none));
  };
  find.onkeydown = (e) => { if (e.key === 'Escape') { find.value = ''; found.replaceChildren(); } };

  /* Cells are figures unless their class says that they are texts. */
  const isFigure = (c) => c.tagName === 'TD' && c.className !== 't' && c.className !== 'l';

  /* A figure by all its digits, a text by the order of the page's language; what is missing comes last. */
  const figure = (c) => parseFloat(c.dataset.v || c.textContent.replace(/,/g, '').replace('\u2212', '-').replace('<', ''));
  const order = (a, b, up) => {
    const x = figure(a), y = figure(b), numeric = isFigure(a);
    if (numeric && (isNaN(x) || isNaN(y))) return isNaN(x) - isNaN(y);
    return up * (numeric ? x - y : a.textContent.localeCompare(b.textContent, root.lang));
  };
  for (const table of all('table.sortable')) {
    const heads = all('thead th', table), body = table.tBodies[0], first = [...body.rows];
    heads.forEach((th, i) => {
      const b = make('button');
      b.append(...th.childNodes);
      th.append(b);
      b.onclick = () => {
        const was = th.getAttribute('aria-sort');
        const now = was === 'descending' ? 'ascending' : was === 'ascending' ? null : 'descending';
        heads.forEach((h) => h.removeAttribute('aria-sort'));
        if (now) th.setAttribute('aria-sort', now);
        const up = now === 'ascending' ? 1 : -1;
        body.append(...(now ? [...first].sort((r, s) => order(r.cells[i], s.cells[i], up)) : first));
      };
    });
  }

  /* Both as text and as a table: a spreadsheet takes numbers with all their digits, a text processor the table. */
  const cell = (c) => isFigure(c) ? c.dataset.v || c.textContent.replace(/,/g, '').replace('\u2212', '-')
                                          : c.textContent.trim();
  const lines = (t) => [...t.rows].map((r) => [...r.cells].map(cell).join('\t')).join('\n');
  const copy = async (tables, near) => {
    const text = tables.map(lines).join('\n\n'), html = tables.map((t) => t.outerHTML).join('<br>');
    try {
      await navigator.clipboard.write([new ClipboardItem({
        'text/plain': new Blob([text], {type: 'text/plain'}), 'text/html': new Blob([html], {type: 'text/html'})})]);
    } catch (e) {
      const area = make('textarea', text);
      area.value = text;
      near.append(area);
      area.select();
      d.execCommand('copy');
      area.remove();
    }
  };
  for (const fold of all('details.data')) {
    const b = make('button', said.copy, 'copy');
    b.onclick = async () => {
      await copy(all('table', fold), fold);
      b.textContent = said.done;
      setTimeout(() => { b.textContent = said.copy; }, 1500);
    };
    fold.append(b);
  }

  const links = new Map(all('nav a').map((a) => [a.hash.slice(1), a]));
  if (window.IntersectionObserver) {
    const watch = new IntersectionObserver((seen) => seen.forEach((e) => {
      if (!e.isIntersecting) return;
      links.forEach((a) => { a.className = ''; a.removeAttribute('aria-current'); });
      const a = links.get(e.target.id);
      a.className = 'on';
      a.setAttribute('aria-current', 'true');
    }), {rootMargin: '-20% 0px -75% 0px'});
    all('.chapter').forEach((c) => watch.observe(c));
  }
  addEventListener('beforeprint', () => all('.notes, .tab .data').forEach((x) => { x.open = true; }));
})();
