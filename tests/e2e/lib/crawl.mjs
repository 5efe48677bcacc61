// Every page that links lead to: one or two of each kind, so that no page is forgotten in a list.
const MOST_OF_A_KIND = 2;

/** Pages alike but for numbers and random public ids are of one kind. */
function kind(url) {
  const names = [...url.searchParams.keys()].sort().join('&');
  return `${url.pathname.replace(/[0-9a-z]{26}/g, 'N').replace(/[0-9]+/g, 'N')}?${names}`;
}

/** Visits what can be reached by links from `starts`; calls `see(url, status)` on each page. */
export async function crawl(person, starts, see, { stay = () => true } = {}) {
  const queue = [...starts];
  const seen = new Set(queue);
  const kinds = new Map();
  let pages = 0;
  while (queue.length) {
    const path = queue.shift();
    // What is sent to be kept is no page.
    const answer = await person.page.goto(path).catch((fault) => {
      if (!String(fault).includes('Download is starting')) throw fault;
    });
    if (!answer) continue;
    const type = answer.headers()['content-type'] ?? '';
    if (!type.startsWith('text/html')) continue;
    pages += 1;
    await see(path, answer.status());
    for (const next of await person.page.locator('a[href]:not([download])').evaluateAll((links) => links.map((link) => link.href))) {
      const url = new URL(next);
      const address = url.pathname + url.search;
      if (url.origin !== new URL(person.page.url()).origin || seen.has(address) || !stay(url)) continue;
      seen.add(address);
      const count = (kinds.get(kind(url)) ?? 0) + 1;
      kinds.set(kind(url), count);
      if (count <= MOST_OF_A_KIND) queue.push(address);
    }
  }
  return pages;
}
