// The picture: a row per host, a column per network, and in each cell whether this host's containers reach that host's.

import { contains, parsePrefix } from './address.js';
import { byId, el, natural, setText, sign } from './dom.js';
import { Grid } from './grid.js';
import { headline, isIsolated, isNoMember, judgeCell, judgeHost, LEGEND, LEVELS, parentOf } from './reach.js';

/** From so many hosts on, a map of them all stands above the rows. */
const MAP_FROM = 25;
const NARROW = 76;

export class Picture {
  #filter = 'all';
  #networks = '';
  #rows = [];
  #tiles = new Map();

  constructor(open) {
    this.open = open;
    this.grid = new Grid(byId('reach'), {
      label: 'Reach: a row for each host, a column for each network',
      rowHeight: 32,
      empty: 'No host is like that.',
      onOpen: (row, column) => open(column >= 2 ? `route-between/${row.key}/${this.networks[column - 2].id}` : `host/${row.key}`),
      onPoint: (row, column) => this.#explain(row, column),
    });
    byId('legend').append(...LEGEND.map(([level, text]) => el('li', {}, sign(level), el('span', {}, el('b', {}, LEVELS[level].word), ` ${text}`))));
  }

  /** @param search of search.js, or null. @returns the sentence that says it all. */
  draw(model, search) {
    const networks = [...model.network.values()].sort((a, b) => natural(a.name, b.name));
    const all = model.hosts().map((h) => judgeHost(model, h, networks)).sort((a, b) => b.isSelf - a.isSelf || natural(a.host.host, b.host.host));
    this.#setNetworks(networks);
    this.#rows = all;
    const said = headline(model.node?.host ?? 'this host', all);
    setText(byId('headline'), said.text);
    this.#drawFilters(all, said.counts);
    const rows = all.filter((r) => this.#wanted(r) && (search === null || finds(model, r, search)));
    this.#drawMap(all, new Set(rows));
    this.grid.setRows(rows);
    setText(byId('answer'), search?.prefix ? whereIs(search.prefix, search.text, model) : '');
    return said.text;
  }

  #wanted(row) {
    return this.#filter === 'all' || (this.#filter === 'unheard' ? row.note !== '' : row.level === this.#filter);
  }

  #setNetworks(networks) {
    const all = byId('reach').clientWidth || 900;
    const width = Math.max(NARROW, Math.min(190, Math.floor((all - 330) / Math.max(1, networks.length))));
    const seen = `${width}|${networks.map((n) => `${n.id}/${n.name}/${n.mode}/${n.state}/${n.reason}`).join('|')}`;
    this.networks = networks;
    if (seen === this.#networks) return;
    this.#networks = seen;
    this.grid.setColumns([
      { title: 'Host', width: 200, cell: (r) => ({ text: r.host.host || r.host.address, says: `${r.host.host || r.host.address}${r.isSelf ? ', this host' : ''}${r.note ? `, ${r.note}` : ''}`, tone: r.isSelf ? 'is-self' : '' }) },
      { title: 'Member', width: 104, cell: memberCell },
      ...networks.map((n) => ({
        title: n.name, width, note: `${n.name}: ${n.mode}${isIsolated(n) ? ', isolated' : ` on ${parentOf(n)}`}, ${n.state} here${n.reason ? `: ${n.reason}` : ''}`,
        level: n.state === 'degraded' ? 'cut' : n.state === 'attaching' ? 'doubt' : null,
        cell: (r) => networkCell(r, n, width > NARROW + 30),
      })),
    ]);
  }

  #explain(row, column) {
    setText(byId('why'), row === null ? 'Point at a cell, or move to it by the arrow keys, to read why.' : this.#sentence(row, column));
  }

  #sentence(row, column) {
    const name = row.host.host || row.host.address;
    const network = this.networks[column - 2];
    if (!network) return `${name}${row.host.address && row.host.address !== name ? ` at ${row.host.address}` : ''}: ${row.isSelf ? 'this host' : row.note || 'heard'}.`;
    const cell = row.cells.get(network.id);
    return `${name} in ${network.name}: ${LEVELS[cell.level].word}${cell.why ? ` — ${cell.why}` : ''}.`;
  }

  #drawFilters(rows, counts) {
    const unheard = rows.filter((r) => r.note !== '').length;
    const all = [['all', 'All', rows.length, null], ...['reached', 'doubt', 'cut', 'wire', 'quiet', 'alone'].map((l) => [l, LEVELS[l].word, counts[l], l]), ['unheard', 'odd members', unheard, null]]
      .filter(([key, , count]) => count > 0 || key === 'all' || key === this.#filter);
    const root = byId('levels');
    const had = document.activeElement?.dataset?.filter;
    root.replaceChildren(...all.map(([key, word, count, level]) => el('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(this.#filter === key), 'data-filter': key,
      on: { click: () => { this.#filter = key; this.redraw(); } },
    }, level ? sign(level) : null, `${word} `, el('b', {}, count))));
    if (had) root.querySelector(`[data-filter="${CSS.escape(had)}"]`)?.focus();
  }

  /** All hosts at once, for the eye and the pointer; the rows below say the same to everyone. */
  #drawMap(rows, shown) {
    const map = byId('map');
    map.hidden = rows.length < MAP_FROM;
    if (map.hidden) return;
    const gone = new Set(this.#tiles.keys());
    for (const [index, row] of rows.entries()) {
      gone.delete(row.key);
      let tile = this.#tiles.get(row.key);
      if (!tile) {
        tile = el('span', { on: { click: () => { this.#filter = 'all'; this.redraw(); this.grid.reveal(row.key); this.open(`host/${row.key}`); } } }, el('i'));
        this.#tiles.set(row.key, tile);
      }
      if (map.children[index] !== tile) map.insertBefore(tile, map.children[index] ?? null);
      tile.classList.toggle('is-out', !shown.has(row));
      const title = `${row.host.host}: ${LEVELS[row.level].word}${row.note ? `; ${row.note}` : ''}`;
      if (tile.title === title) continue;
      tile.title = title;
      tile.classList.toggle('is-odd', row.note !== '');
      tile.firstChild.className = `sign sign-${row.level}`;
    }
    for (const key of gone) {
      this.#tiles.get(key).remove();
      this.#tiles.delete(key);
    }
  }
}

function memberCell(row) {
  const { host } = row;
  const text = host.copyOf ? 'copy'
    : isNoMember(host) ? 'no member'
    : !host.reachable ? 'not heard'
    : host.why ? host.state
    : host.status !== 'Up' ? host.status.toLowerCase()
    : host.registry ? 'registry' : 'up';
  return { text, says: row.note || `${text}${host.registry ? ', may run the registry' : ''}`, tone: row.note ? 'is-bad' : 'is-dim' };
}

function networkCell(row, network, isWide) {
  const { level, why, count } = row.cells.get(network.id);
  if (level === 'none') return { text: '', says: `${network.name}: ${LEVELS.none.word}` };
  return { level, text: isWide ? inShort(level, why, count) : count > 1 ? String(count) : '', says: `${network.name}: ${LEVELS[level].word}${why ? `, ${why}` : ''}`, tone: level === 'cut' ? 'is-bad' : level === 'quiet' || level === 'wire' ? 'is-dim' : '' };
}

/** What fits into a cell. Sentences of reach.js begin with the word that matters. */
function inShort(level, why, count) {
  switch (level) {
    case 'cut':
    case 'doubt': return why.split(/[ :;]/)[0] || LEVELS[level].word;
    case 'here': return `${count} ${count === 1 ? 'block' : 'blocks'}`;
    case 'reached': return `${count} ${count === 1 ? 'route' : 'routes'}`;
    case 'quiet': return 'no routes';
    default: return LEVELS[level].word;
  }
}

/** A host is found by what it is, or by what of it lies in the address that is searched for. */
function finds(model, row, search) {
  if (search.matches('host', row.host)) return true;
  for (const network of row.cells.keys()) {
    const cell = model.cell(row.host.hostId, network);
    if (!cell) continue;
    for (const kind of ['block', 'route']) {
      for (const value of cell[kind].values()) if (search.matches(kind, value)) return true;
    }
  }
  return false;
}

/** In a sentence: whose an address is, and whether it is reached. */
function whereIs(prefix, text, model) {
  const blocks = [...model.block.values()].map((b) => ({ ...b, at: parsePrefix(b.block) })).filter((b) => b.at && contains(b.at, prefix)).sort((a, b) => b.at.length - a.at.length);
  const [block] = blocks;
  if (!block) return `${text}: no host owns a block with it.`;
  const network = model.network.get(block.networkId);
  const { level, why } = judgeCell(model.cell(block.hostId, block.networkId), network, block.hostId === model.node?.hostId);
  return `${text} is in ${block.block}, a block of ${block.host} in network ${block.network}: ${LEVELS[level].word}${why ? ` — ${why}` : ''}.`;
}
