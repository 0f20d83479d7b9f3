// The journal of one thing, and a way back in time: its state as at any of its events, and what that event changed.

import { batched, el, setText } from './dom.js';

const PAGE = 200;
const MAX_VALUES = 2000;
const SOON_MS = 400;

export class Journal {
  #ids = [];
  #id = null;
  #last = 0;
  #at = 0;
  #asked = 0;
  #timer = 0;

  constructor(root) {
    this.root = root;
    this.choice = el('div', { class: 'chips' });
    this.note = el('p', { class: 'dim' });
    this.slider = el('input', { type: 'range', min: 0, id: 'at', 'aria-describedby': 'at-what', on: { input: batched(() => this.go(Number(this.slider.value))) } });
    this.what = el('p', { id: 'at-what' });
    this.where = el('p', { class: 'dim small' });
    this.events = el('ol', { class: 'events' });
    this.state = el('tbody');
    const step = (label, by) => el('button', { type: 'button', 'aria-label': label, on: { click: () => this.go(this.#at + by) } }, by < 0 ? '◀' : '▶');
    this.travel = el('div', { hidden: true },
      el('div', { class: 'travel' }, step('One event back', -1), el('label', { for: 'at', class: 'unseen' }, 'As at event'), this.slider, step('One event on', 1),
        el('button', { type: 'button', on: { click: () => this.go(this.#last) } }, 'Now')),
      this.what, this.where,
      el('table', { class: 'state' }, el('caption', {}, 'State as at this event; marked is what it changed'), el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Field'), el('th', { scope: 'col' }, 'Value'), el('th', { scope: 'col' }, 'Before'))), this.state),
      el('h3', {}, 'Events'), this.events);
    root.append(el('h3', {}, 'Journal'), this.choice, this.note, this.travel);
  }

  /** @param ids persistence ids; those are shown that this host's journal has. @param elsewhere whose journal it would be in. */
  show(ids, elsewhere) {
    this.root.hidden = ids.length === 0 && !elsewhere;
    if (ids.join() === this.#ids.join() && ids.length > 0) {
      if (this.#at === this.#last) this.#refreshSoon();
      return;
    }
    this.#ids = ids;
    this.#id = null;
    this.travel.hidden = true;
    this.choice.replaceChildren();
    setText(this.note, elsewhere ? `It is in the journal of ${elsewhere}, which that host's own page shows.` : '');
    if (ids.length > 0) this.#find(ids);
  }

  /** To the state after the first `at` events. */
  async go(at) {
    this.#at = Math.max(0, Math.min(at, this.#last));
    this.slider.value = this.#at;
    const turn = ++this.#asked;
    const [now, before, events] = await Promise.all([
      this.#get(`/state?at=${this.#at}`), this.#at > 0 ? this.#get(`/state?at=${this.#at - 1}`) : null, this.#get(`?from=${Math.max(1, this.#at - PAGE / 2)}&limit=${PAGE}`)]);
    if (turn !== this.#asked || !now) return; // a later question is on its way
    const state = (answer) => (answer && answer.sequenceNr > 0 ? flat(answer.state) : new Map());
    this.#drawState(state(now), state(before));
    this.#drawEvents(events ?? []);
  }

  async #find(ids) {
    const turn = ++this.#asked;
    const found = (await Promise.all(ids.map(async (id) => ({ id, state: await ask(id, '/state') })))).filter((f) => f.state);
    if (turn !== this.#asked) return;
    if (found.length === 0) {
      setText(this.note, 'This host\'s journal has nothing about it.');
      return;
    }
    this.choice.replaceChildren(...found.map((f) => el('button', { type: 'button', class: 'chip', 'data-id': f.id, title: f.id, on: { click: () => this.#open(f.id, f.state.last) } }, nameOf(f.id))));
    this.travel.hidden = false;
    await this.#open(found[0].id, found[0].state.last);
  }

  #open(id, last) {
    this.#id = id;
    this.where.replaceChildren('ipvlanctl journal show ', el('code', {}, id));
    for (const chip of this.choice.children) chip.setAttribute('aria-pressed', String(chip.dataset.id === id));
    this.#setLast(last);
    return this.go(last);
  }

  #setLast(last) {
    this.#last = last;
    this.slider.max = last;
  }

  #refreshSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const id = this.#id;
      const now = id && (await ask(id, '/state'));
      if (!now || id !== this.#id || now.last === this.#last) return;
      const wasLast = this.#at === this.#last;
      this.#setLast(now.last);
      if (wasLast) await this.go(now.last);
    }, SOON_MS);
  }

  #get(rest) {
    return ask(this.#id, rest);
  }

  #drawState(now, before) {
    const names = [...new Set([...now.keys(), ...before.keys()])].sort();
    this.state.replaceChildren(...names.slice(0, MAX_VALUES).map((name) => {
      const [value, was] = [now.get(name), before.get(name)];
      const isChanged = this.#at > 0 && value !== was;
      return el('tr', { class: isChanged ? 'is-changed' : '' }, el('th', { scope: 'row' }, isChanged ? el('span', { class: 'mark', title: 'changed by this event' }, '● ', el('span', { class: 'unseen' }, 'changed: ')) : null, breakable(name)),
        el('td', {}, value === undefined ? el('span', { class: 'dim' }, 'gone') : value), el('td', { class: 'dim' }, isChanged ? (was ?? 'not there') : ''));
    }), ...(names.length > MAX_VALUES ? [el('tr', {}, el('td', { colspan: 3 }, `and ${names.length - MAX_VALUES} more: ipvlanctl journal replay ${this.#id}`))] : []));
    if (names.length === 0) this.state.replaceChildren(el('tr', {}, el('td', { colspan: 3, class: 'dim' }, 'Nothing yet.')));
  }

  #drawEvents(events) {
    const current = events.find((e) => e.sequenceNr === this.#at);
    setText(this.what, `As at event ${this.#at} of ${this.#last}${current ? `: ${current.name}, ${when(current.at)} — ${current.text}` : this.#at === 0 ? ': before anything happened' : ''}`);
    this.slider.setAttribute('aria-valuetext', `${this.#at} of ${this.#last}${current ? `, ${current.name}` : ''}`);
    this.events.replaceChildren(...events.toReversed().map((e) => el('li', {},
      el('button', { type: 'button', 'aria-current': e.sequenceNr === this.#at ? 'step' : null, on: { click: () => this.go(e.sequenceNr) } },
        el('b', {}, `${e.sequenceNr} ${e.name}`), el('span', { class: 'dim' }, ` ${when(e.at)}`), el('span', { class: 'event-text' }, e.text)))));
  }
}

function nameOf(id) {
  if (id.startsWith('endpoint-')) return 'endpoint';
  if (id.startsWith('network-')) return 'in the registry';
  return id.includes('-network-') ? 'on this host' : id;
}

/** A path may break behind its dots. */
const breakable = (path) => path.split(/(?<=\.)/).flatMap((part) => [part, el('wbr')]);

const when = (at) => at.replace('T', ' ').replace(/(\.\d{3})?\d*(Z|\+00:00)$/, '$1Z');

/** @returns null: there is no such thing in this host's journal, or the node does not answer. */
async function ask(id, rest) {
  try {
    const answer = await fetch(`/v1/journal/${encodeURIComponent(id)}${rest}`, { headers: { Accept: 'application/json' } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** An object as paths and texts. */
function flat(value, path = '', all = new Map()) {
  if (value !== null && typeof value === 'object') {
    for (const [name, part] of Object.entries(value)) flat(part, path === '' ? name : `${path}.${name}`, all);
  } else if (value !== null && value !== '') {
    all.set(path, String(value));
  }
  return all;
}
