// Everything in lists, one shown at a time: endpoints of this host, routes, blocks, and what has changed since the page was opened.

import { byId, el, natural, setText } from './dom.js';
import { Grid } from './grid.js';
import { judgeRoute } from './reach.js';

const MAX_CHANGES = 500;

const ENDPOINT_SIGNS = { joined: 'reached', created: 'doubt', failed: 'cut', left: 'quiet' };

const LISTS = {
  endpoints: {
    title: 'Endpoints',
    empty: 'No endpoint of this host is like that.',
    kind: 'endpoint',
    columns: [
      { title: 'Endpoint', width: '1fr', cell: (e) => ({ text: e.name || e.id.slice(0, 12) }) },
      { title: 'Network', width: '1fr', cell: (e) => ({ text: e.network }) },
      { title: 'Addresses', width: '1.6fr', cell: (e) => ({ text: e.addresses.join(', '), tone: 'is-code' }) },
      { title: 'State', width: '1.6fr', cell: (e) => ({ text: `${e.state}${e.reason ? `: ${e.reason}` : ''}`, level: ENDPOINT_SIGNS[e.state] ?? 'doubt', tone: e.reason ? 'is-bad' : '' }) },
      { title: 'Sandbox', width: '1fr', cell: (e) => ({ text: e.sandbox, tone: 'is-dim' }) },
    ],
    order: (a, b) => (b.reason !== '') - (a.reason !== '') || natural(a.name, b.name),
    open: (row) => `endpoint/${row.id}`,
  },
  routes: {
    title: 'Routes',
    empty: 'No route is like that.',
    kind: 'route',
    columns: [
      { title: 'Prefix', width: '1fr', cell: (r) => ({ text: r.prefix, tone: 'is-code' }) },
      { title: 'Network', width: '0.8fr', cell: (r) => ({ text: r.network }) },
      { title: 'Host', width: '0.7fr', cell: (r) => ({ text: r.host }) },
      { title: 'Next hop', width: '1fr', cell: (r) => ({ text: r.nextHop && `${r.nextHop}${r.device ? ` on ${r.device}` : ''}`, tone: 'is-code' }) },
      { title: 'State', width: 110, cell: (r) => ({ text: r.state, level: judgeRoute(r).level }) },
      { title: 'Kernel', width: 90, cell: (r) => ({ text: r.kernel, tone: r.kernel === 'conflict' || r.kernel === 'missing' ? 'is-bad' : '' }) },
      { title: 'Why', width: '2fr', cell: (r) => ({ text: r.reason, tone: 'is-dim' }) },
    ],
    order: (a, b) => rank(b) - rank(a) || natural(a.network, b.network) || natural(a.prefix, b.prefix),
    open: (row) => `route/${row.key}`,
  },
  blocks: {
    title: 'Blocks',
    empty: 'No block is like that.',
    kind: 'block',
    columns: [
      { title: 'Block', width: '1fr', cell: (b) => ({ text: b.block, tone: 'is-code' }) },
      { title: 'Network', width: '1fr', cell: (b) => ({ text: b.network }) },
      { title: 'Owner', width: '1fr', cell: (b) => ({ text: b.host }) },
      { title: 'Epoch', width: 80, cell: (b) => ({ text: String(b.epoch) }) },
      { title: 'In use', width: '1fr', cell: (b) => (b.used === null || b.used === undefined ? { text: 'its owner knows', tone: 'is-dim' } : { text: String(b.used) }) },
    ],
    order: (a, b) => natural(a.network, b.network) || natural(a.block, b.block),
    open: (row) => `route-between/${row.hostId}/${row.networkId}`,
  },
  changes: {
    title: 'Changes',
    kind: 'change',
    empty: 'Nothing has changed since this page was opened.',
    columns: [
      { title: 'At', width: 90, cell: (c) => ({ text: c.at, tone: 'is-dim' }) },
      { title: 'What', width: '1fr', cell: (c) => ({ text: c.what }) },
      { title: 'Change', width: '2fr', cell: (c) => ({ text: c.text, level: c.level }) },
    ],
    open: (row) => row.to,
  },
};

const SEVERITY = { cut: 2, doubt: 1 };
const rank = (route) => SEVERITY[judgeRoute(route).level] ?? 0;

export class Lists {
  #shown = 'endpoints';
  #changes = [];
  #number = 0;
  #isStale = true;

  constructor(open) {
    this.grid = new Grid(byId('list'), { label: '', rowHeight: 30, onOpen: (row) => open(LISTS[this.#shown].open(row)) });
    this.tabs = new Map(Object.entries(LISTS).map(([key, list]) => {
      const count = el('b');
      const tab = el('button', { type: 'button', role: 'tab', id: `tab-${key}`, 'aria-controls': 'list-panel', on: { click: () => this.show(key), keydown: (e) => this.#key(e, key) } }, `${list.title} `, count);
      return [key, { tab, count }];
    }));
    byId('tabs').append(...[...this.tabs.values()].map((t) => t.tab));
  }

  show(key) {
    this.#shown = key;
    for (const [name, { tab }] of this.tabs) {
      tab.setAttribute('aria-selected', String(name === key));
      tab.tabIndex = name === key ? 0 : -1;
    }
    const list = LISTS[key];
    byId('list-panel').setAttribute('aria-labelledby', `tab-${key}`);
    byId('list').setAttribute('aria-label', list.title);
    this.grid.setColumns(list.columns);
    setText(this.grid.empty, list.empty);
    this.grid.root.scrollTop = 0;
    this.#isStale = true;
    this.redraw();
  }

  /** @param dirty kinds of which something is different. */
  draw(model, search, dirty) {
    for (const [key, list] of Object.entries(LISTS)) {
      const isShown = key === this.#shown;
      if (!dirty.has(list.kind) && !(isShown && this.#isStale)) continue;
      const found = list.kind === 'change' ? [...this.#changes] : this.#find(model[list.kind], list, search);
      setText(this.tabs.get(key).count, found.length.toLocaleString('en'));
      if (isShown) this.grid.setRows(list.kind === 'change' ? found : sorted(found, list.order));
    }
    this.#isStale = false;
    const others = model.hosts().filter((h) => !model.isSelf(h)).length;
    setText(byId('list-note'), this.#shown === 'endpoints' && others > 0
      ? `Endpoints of ${model.node?.host} only. Those of the other ${others === 1 ? 'host are' : `${others} hosts are`} shown there: open a host for the way.` : '');
  }

  /** @returns what has changed in words, or null if it is nothing to speak of. */
  note(message, before) {
    const change = inWords(message, before);
    if (change === null) return null;
    this.#changes.unshift({ key: `change-${this.#number++}`, at: new Date().toLocaleTimeString('en-GB'), ...change });
    this.#changes.length = Math.min(this.#changes.length, MAX_CHANGES);
    return change;
  }

  #find(map, list, search) {
    const found = [];
    for (const [key, value] of map) if (search === null || search.matches(list.kind, value)) found.push({ key, value });
    return found;
  }

  #key(event, key) {
    const keys = Object.keys(LISTS);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = keys[(keys.indexOf(key) + step + keys.length) % keys.length];
    this.show(next);
    this.tabs.get(next).tab.focus();
  }
}

const sorted = (found, order) => found.sort((a, b) => order(a.value, b.value)).map(({ key, value }) => ({ ...value, key }));

const NAMES = {
  host: (h) => `host ${h.host || h.address}`,
  network: (n) => `network ${n.name}`,
  block: (b) => `block ${b.block} of ${b.network}`,
  endpoint: (e) => `endpoint ${e.name || e.id.slice(0, 12)}`,
  route: (r) => `route ${r.prefix} of ${r.host}`,
};

const STATES = {
  host: (h) => (h.copyOf ? 'copy' : !h.reachable ? (h.status === 'gone' ? 'no member' : 'not heard') : h.state || h.status.toLowerCase()),
  network: (n) => n.state,
  block: (b) => `of ${b.host}`,
  endpoint: (e) => e.state,
  route: (r) => (r.kernel === 'installed' || r.kernel === '-' ? r.state : `${r.state}, ${r.kernel}`),
};

function inWords(message, before) {
  const { kind, key } = message;
  const name = NAMES[kind];
  if (!name) return null;
  const after = message.gone ? undefined : message[kind];
  const [was, is] = [before && STATES[kind](before), after && STATES[kind](after)];
  if (was === is) return null;
  const level = kind === 'route' && after ? judgeRoute(after).level : ENDPOINT_SIGNS[is];
  return { what: name(after ?? before), text: was === undefined ? `${is} (new)` : is === undefined ? `gone (was ${was})` : `${was} → ${is}${after.reason ? `: ${after.reason}` : ''}`, level, to: `${kind}/${key}` };
}
