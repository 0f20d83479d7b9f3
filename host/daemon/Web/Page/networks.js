// A card per network: what it is, how it is here, and its subnets as bars on which blocks lie to scale.

import { comparePrefixes, contains, parsePrefix, partInUse } from './address.js';
import { byId, el, natural, setText, sign } from './dom.js';
import { isIsolated, judgeCell, LEVELS, parentOf } from './reach.js';

const STATE_SIGNS = { ready: 'reached', attaching: 'doubt', degraded: 'cut' };
const OWNER_HUES = 6;

export class Networks {
  #cards = new Map();
  drawn = new WeakMap();

  constructor(open) {
    this.open = open;
    this.root = byId('networks');
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.repaint());
    this.colour = palette(this.root);
    this.observer = new ResizeObserver((entries) => entries.forEach((e) => this.#paint(e.target)));
  }

  draw(model, search) {
    const blocks = Map.groupBy(model.block.values(), (b) => b.networkId);
    const wanted = [...model.network.values()].filter((n) => search === null || search.matches('network', n) || (blocks.get(n.id) ?? []).some((b) => search.matches('block', b)))
      .sort((a, b) => natural(a.name, b.name));
    const gone = new Set(this.#cards.keys());
    for (const [index, network] of wanted.entries()) {
      gone.delete(network.id);
      let card = this.#cards.get(network.id);
      if (!card) this.#cards.set(network.id, (card = this.#make(network)));
      if (this.root.children[index] !== card.root) this.root.insertBefore(card.root, this.root.children[index] ?? null);
      this.#fill(card, network, blocks.get(network.id) ?? [], model);
    }
    for (const id of gone) {
      this.#cards.get(id).root.remove();
      this.#cards.delete(id);
    }
    byId('no-networks').hidden = wanted.length > 0;
  }

  repaint() {
    this.colour = palette(this.root);
    this.#cards.forEach((card) => card.bars.querySelectorAll('canvas').forEach((c) => this.#paint(c)));
  }

  #make(network) {
    const card = { name: el('a', { href: `#/network/${network.id}` }), what: el('span', { class: 'dim' }), state: el('p', { class: 'card-state' }), bars: el('div'), seen: '' };
    card.root = el('li', { class: 'card' }, el('h3', {}, card.name, ' ', card.what), card.state, card.bars);
    return card;
  }

  #fill(card, network, blocks, model) {
    const seen = JSON.stringify(network) + blocks.map((b) => `${b.block}${b.hostId}${b.used}${judge(b, network, model).level}`).join();
    if (seen === card.seen) return;
    card.seen = seen;
    setText(card.name, network.name);
    setText(card.what, `${network.mode} ${isIsolated(network) ? 'isolated' : `on ${parentOf(network)}`}`);
    card.state.className = `card-state ${network.state === 'degraded' ? 'is-bad' : ''}`;
    card.state.replaceChildren(sign(STATE_SIGNS[network.state] ?? 'doubt'), ` ${network.state} here${network.reason ? `: ${network.reason}` : ''}; ${plural(network.endpoints, 'endpoint')} of this host`);
    card.bars.replaceChildren(...network.subnets.map((s) => this.#bar(s, network, blocks, model)));
  }

  #bar(text, network, all, model) {
    const subnet = parsePrefix(text);
    const blocks = subnet === null ? [] : all.map((b) => ({ ...b, at: parsePrefix(b.block) })).filter((b) => b.at && contains(subnet, b.at))
      .sort((a, b) => comparePrefixes(a.at, b.at)).map((b) => ({ ...b, isOwn: b.hostId === model.node?.hostId, level: judge(b, network, model).level }));
    const owners = new Set(blocks.map((b) => b.hostId));
    const part = subnet && partInUse(subnet, blocks.map((b) => b.at));
    const own = blocks.filter((b) => b.isOwn);
    const used = own.reduce((sum, b) => sum + (b.used ?? 0), 0);
    const says = blocks.length === 0 ? 'no host owns a block of it yet' : `${plural(blocks.length, 'block')} of ${plural(owners.size, 'host')}${own.length ? `; ${own.length} of this host with ${plural(used, 'address', 'addresses')} in use` : ''}`;
    const canvas = el('canvas', { role: 'img', 'aria-label': `${text}: ${says}` });
    const below = el('p', { class: 'dim small' }, says);
    this.drawn.set(canvas, { blocks, part });
    canvas.addEventListener('pointermove', (event) => {
      const block = hit(this.drawn.get(canvas), event.offsetX, canvas.clientWidth);
      setText(below, block ? `${block.block} — ${block.host}, ${LEVELS[block.level].word}` : says);
      canvas.classList.toggle('is-hit', Boolean(block));
    });
    canvas.addEventListener('pointerleave', () => setText(below, says));
    canvas.addEventListener('click', (event) => {
      const block = hit(this.drawn.get(canvas), event.offsetX, canvas.clientWidth);
      if (block) this.open(`route-between/${block.hostId}/${network.id}`);
    });
    this.observer.observe(canvas);
    const scale = part && subnet.length !== part.length ? `drawn: the first /${part.length}` : 'to scale';
    return el('div', { class: 'subnet' }, el('p', { class: 'subnet-name' }, el('code', {}, text), el('span', { class: 'dim small' }, blocks.length ? scale : '')), canvas, below);
  }

  /** Above, whose the block is; below, how it is reached: a band, and a notch where it is not, so that it is not the colour alone. */
  #paint(canvas) {
    const { clientWidth: width, clientHeight: height } = canvas;
    const { blocks, part } = this.drawn.get(canvas);
    if (width === 0) return;
    const ratio = devicePixelRatio || 1;
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const pen = canvas.getContext('2d');
    const { colour } = this;
    pen.scale(ratio, ratio);
    pen.font = `11px ${getComputedStyle(canvas).fontFamily}`;
    for (const block of blocks) {
      const [from, to] = span(block, part, width);
      const gap = to - from > 6 ? 1 : 0;
      pen.fillStyle = block.isOwn ? colour('here') : colour(`owner-${ownerHue(block)}`);
      pen.fillRect(from, 0, Math.max(1, to - from - gap), height - 6);
      const name = pen.measureText(block.host).width;
      if (name + 8 < to - from) {
        pen.fillStyle = colour(block.isOwn ? 'card' : 'ink');
        pen.fillText(block.host, from + 4, 12);
      }
      pen.fillStyle = colour(block.level);
      if (block.level === 'cut') pen.fillRect(from, height - 12, Math.max(2, to - from - gap), 12);
      else pen.fillRect(from, height - 5, Math.max(1, to - from - gap), block.level === 'doubt' ? 5 : 3);
    }
  }
}

const judge = (block, network, model) => judgeCell(model.cell(block.hostId, network.id), network, block.hostId === model.node?.hostId);

const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** A host has the same hue on every bar; there are fewer hues than hosts, so the name is what tells. */
function ownerHue(block) {
  let hash = 0;
  for (const digit of block.hostId) hash = (hash * 31 + digit.charCodeAt(0)) >>> 0;
  return hash % OWNER_HUES;
}

const GRAIN = 1_000_000n;

function span(block, part, width) {
  const scale = (value) => (Number((value * GRAIN) / part.size) / Number(GRAIN)) * width;
  return [scale(block.at.start - part.start), scale(block.at.start + block.at.size - part.start)];
}

function hit({ blocks, part }, place, width) {
  return blocks.findLast((b) => {
    const [from, to] = span(b, part, width);
    return place >= from && place < Math.max(to, from + 2);
  });
}

/** The theme's colours by name, as a canvas takes them; good until the theme changes. */
function palette(root) {
  const known = new Map();
  return (name) => {
    if (!known.has(name)) {
      root.style.outlineColor = `var(--${name})`;
      known.set(name, getComputedStyle(root).outlineColor);
    }
    return known.get(name);
  };
}
