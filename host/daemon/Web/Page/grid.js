// A table of any length of which only what is in view is in the document. To a screen reader it is a grid with all its rows;
// to the keyboard one stop: arrows, Home, End, Page Up and Page Down move in it, Enter opens a row.

import { el, setText, sign } from './dom.js';

const MARGIN_ROWS = 6;
const LEAST_WIDTH = 110;
let grids = 0;

/**
 * Columns are `{title, width, cell(row), note?}`; a width is in pixels, or `'1fr'`. `cell` gives `{text, level?, says?, tone?}`:
 * `level` puts its sign before the text, `says` is what a screen reader hears instead.
 */
export class Grid {
  #columns = [];
  #rows = [];
  #active = { row: 0, column: 0 };
  #pool = new Map();
  #id = `grid${grids++}`;

  /** @param options `{label, rowHeight, empty, onOpen(row, column), onPoint(row, column)}`; `onPoint` gets null when nothing is. */
  constructor(root, options) {
    this.root = root;
    this.options = { rowHeight: 30, empty: 'Nothing.', onOpen: () => {}, onPoint: () => {}, ...options };
    this.head = el('div', { class: 'grid-head', role: 'row', 'aria-rowindex': 1 });
    this.space = el('div', { class: 'grid-space', role: 'rowgroup' });
    this.empty = el('p', { class: 'grid-empty', hidden: true }, this.options.empty);
    root.classList.add('grid');
    for (const [name, value] of Object.entries({ role: 'grid', tabindex: '0', 'aria-label': options.label, 'aria-readonly': 'true' })) root.setAttribute(name, value);
    root.append(el('div', { role: 'rowgroup', class: 'grid-top' }, this.head), this.space);
    root.after(this.empty);
    root.addEventListener('scroll', () => this.draw(), { passive: true });
    root.addEventListener('keydown', (event) => this.#key(event));
    root.addEventListener('click', (event) => this.#at(event, (row, column) => {
      this.#move(row, column);
      this.options.onOpen(this.#rows[row], column);
    }));
    root.addEventListener('mouseover', (event) => this.#at(event, (row, column) => this.options.onPoint(this.#rows[row], column)));
    root.addEventListener('mouseleave', () => this.#point());
    root.addEventListener('focus', () => this.#move(this.#active.row, this.#active.column));
    new ResizeObserver(() => this.draw()).observe(root);
  }

  get rows() {
    return this.#rows;
  }

  setColumns(columns) {
    this.#columns = columns;
    this.#pool.forEach((element) => element.remove());
    this.#pool.clear();
    this.head.replaceChildren(...columns.map((c, i) => el('div', { role: 'columnheader', 'aria-colindex': i + 1, class: `cell ${c.tone ?? ''}`, title: c.note ?? c.title }, c.level ? sign(c.level) : null, el('span', { class: 'cell-text' }, c.title))));
    this.root.setAttribute('aria-colcount', columns.length);
    const least = columns.map((c) => (typeof c.width === 'number' ? c.width : LEAST_WIDTH));
    this.root.style.setProperty('--columns', columns.map((c, i) => (typeof c.width === 'number' ? `${c.width}px` : `minmax(${least[i]}px, ${c.width})`)).join(' '));
    this.root.style.setProperty('--least', `${least.reduce((a, b) => a + b, 0)}px`);
  }

  /** Rows are told apart by their `key`, and drawn again each time. */
  setRows(rows) {
    const key = this.#rows[this.#active.row]?.key;
    this.#rows = rows;
    const kept = rows.findIndex((r) => r.key === key);
    this.#active.row = kept >= 0 ? kept : Math.min(this.#active.row, Math.max(0, rows.length - 1));
    this.root.setAttribute('aria-rowcount', rows.length + 1);
    this.space.style.height = `${rows.length * this.options.rowHeight}px`;
    this.empty.hidden = rows.length > 0;
    this.root.hidden = rows.length === 0;
    this.draw();
  }

  reveal(key) {
    const row = this.#rows.findIndex((r) => r.key === key);
    if (row >= 0) this.#move(row, this.#active.column);
  }

  draw() {
    const { rowHeight } = this.options;
    const first = Math.max(0, Math.floor(this.root.scrollTop / rowHeight) - MARGIN_ROWS);
    const last = Math.min(this.#rows.length, Math.ceil((this.root.scrollTop + this.root.clientHeight) / rowHeight) + MARGIN_ROWS);
    for (const [index, element] of this.#pool) {
      if (index >= first && index < last) continue;
      element.remove();
      this.#pool.delete(index);
    }
    let before = null;
    for (let index = first; index < last; index++) {
      let element = this.#pool.get(index);
      if (!element) {
        element = this.#element(index);
        if (before) before.after(element);
        else this.space.prepend(element);
        this.#pool.set(index, element);
      }
      this.#fill(element, this.#rows[index], index);
      before = element;
    }
    this.#mark();
  }

  #element(index) {
    const cells = this.#columns.map((c, i) => el('div', { role: i === 0 ? 'rowheader' : 'gridcell', 'aria-colindex': i + 1, id: `${this.#id}-${index}-${i}`, class: 'cell' },
      el('i', { 'aria-hidden': 'true' }), el('span', { class: 'cell-text' }), el('span', { class: 'unseen' })));
    const row = el('div', { role: 'row', 'aria-rowindex': index + 2, class: 'grid-row' }, cells);
    row.style.transform = `translateY(${index * this.options.rowHeight}px)`;
    return row;
  }

  #fill(element, row, index) {
    const isOther = element.dataset.key !== row.key;
    element.dataset.key = row.key;
    element.dataset.index = index;
    for (const [i, column] of this.#columns.entries()) {
      const { text, level = '', says = '', tone = '' } = column.cell(row);
      const [mark, words, spoken] = (element.children[i]).children;
      const seen = `${level}|${text}|${tone}`;
      const cell = element.children[i];
      if (cell.dataset.seen === seen && spoken.textContent === says) continue;
      if (!isOther && cell.dataset.seen !== undefined && cell.dataset.seen !== seen) flash(cell);
      cell.dataset.seen = seen;
      cell.className = `cell ${tone}`;
      mark.className = level ? `sign sign-${level}` : '';
      setText(words, text);
      setText(spoken, says);
      if (says) words.setAttribute('aria-hidden', 'true');
      else words.removeAttribute('aria-hidden');
    }
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.root.clientHeight / this.options.rowHeight) - 2);
    const { row, column } = this.#active;
    const to = {
      ArrowDown: [row + 1, column], ArrowUp: [row - 1, column], ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
      PageDown: [row + page, column], PageUp: [row - page, column],
      Home: event.ctrlKey ? [0, 0] : [row, 0], End: event.ctrlKey ? [this.#rows.length, column] : [row, this.#columns.length],
    }[event.key];
    if (to) this.#move(...to);
    else if (event.key === 'Enter' || event.key === ' ') this.options.onOpen(this.#rows[row], column);
    else return;
    event.preventDefault();
  }

  #move(row, column) {
    if (this.#rows.length === 0) return;
    const { rowHeight } = this.options;
    this.#active = { row: clamp(row, this.#rows.length), column: clamp(column, this.#columns.length) };
    const top = this.#active.row * rowHeight;
    const height = this.root.clientHeight - this.head.offsetHeight;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (top + rowHeight > this.root.scrollTop + height) this.root.scrollTop = top + rowHeight - height;
    this.draw();
    const cell = this.#cell();
    if (cell) this.#showColumn(cell);
    this.#point();
  }

  /** Sideways: the first column stays where it is, and hides what is under it. */
  #showColumn(cell) {
    const fixed = this.head.firstElementChild.offsetWidth;
    if (cell.offsetLeft - fixed < this.root.scrollLeft) this.root.scrollLeft = cell.offsetLeft - fixed;
    else if (cell.offsetLeft + cell.offsetWidth > this.root.scrollLeft + this.root.clientWidth) this.root.scrollLeft = cell.offsetLeft + cell.offsetWidth - this.root.clientWidth;
  }

  #point() {
    const isIn = document.activeElement === this.root;
    this.options.onPoint(isIn ? (this.#rows[this.#active.row] ?? null) : null, this.#active.column);
  }

  #mark() {
    this.root.querySelector('.is-active')?.classList.remove('is-active');
    const cell = this.#cell();
    cell?.classList.add('is-active');
    if (cell) this.root.setAttribute('aria-activedescendant', cell.id);
    else this.root.removeAttribute('aria-activedescendant');
  }

  #cell() {
    return this.#pool.get(this.#active.row)?.children[this.#active.column];
  }

  #at(event, then) {
    const cell = event.target.closest?.('.grid-row > .cell');
    if (cell) then(Number(cell.parentElement.dataset.index), [...cell.parentElement.children].indexOf(cell));
  }
}

const clamp = (index, count) => Math.max(0, Math.min(index, count - 1));

function flash(cell) {
  cell.getAnimations().forEach((a) => a.cancel());
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) {
    cell.animate([{ backgroundColor: 'var(--flash)' }, { backgroundColor: 'transparent' }], { duration: 1500 });
  }
}
