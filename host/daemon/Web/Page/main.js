// Puts the parts together: the stream fills the model, each frame draws what has changed, the address bar says what is open.

import { batched, byId, el, setText } from './dom.js';
import { Detail } from './detail.js';
import { Lists } from './lists.js';
import { Model } from './model.js';
import { Networks } from './networks.js';
import { Picture } from './picture.js';
import { searchFor } from './search.js';
import { follow } from './stream.js';
import { startTheme } from './theme.js';

const SAY_MS = 4000;

/** What the picture is made of. */
const PICTURED = ['node', 'host', 'network', 'block', 'route'];

let model = new Model();
let search = null;
let said = '';
let dirty = new Set();

const open = (path) => { location.hash = `#/${encodeURI(path)}`; };
const opened = () => decodeURI(location.hash.replace(/^#\/?/, ''));
const close = () => {
  const from = document.activeElement;
  history.pushState(null, '', location.pathname);
  detail.show('', model);
  if (!from || from === document.body || byId('detail').contains(from)) byId('reach').focus();
};

const picture = new Picture(open);
const networks = new Networks(open);
const lists = new Lists(open);
const detail = new Detail(close);

const draw = batched(() => {
  performance.mark('draw');
  const now = dirty;
  dirty = new Set();
  drawNode();
  if (PICTURED.some((kind) => now.has(kind))) {
    say(picture.draw(model, search));
    networks.draw(model, search);
  }
  lists.draw(model, search, now);
  detail.show(opened(), model);
  performance.measure('picture', 'draw');
});
const drawAll = () => {
  dirty = new Set([...PICTURED, 'endpoint', 'change']);
  draw();
};
picture.redraw = drawAll;
lists.redraw = draw;

function drawNode() {
  const { node } = model;
  document.title = node ? `${node.host}: ${node.state} – ipvland` : 'ipvland';
  setText(byId('node'), node?.host ?? '');
  byId('node-state').className = `badge is-${node?.state ?? 'unknown'}`;
  setText(byId('node-state'), node?.state ?? '');
  const problems = node?.problems ?? [];
  byId('problems').hidden = problems.length === 0;
  setText(byId('problems-count'), `${problems.length}${problems.length === 100 ? ' or more' : ''} to see to`);
  setText(byId('problems-first'), problems[0] ?? '');
  const list = byId('problems-list');
  if (list.children.length !== problems.length || problems.some((p, i) => list.children[i].textContent !== p)) list.replaceChildren(...problems.map((p) => el('li', {}, p)));
}

/** To those who do not see the picture: its sentence, when it has changed, and not more often than can be listened to. */
function say(text) {
  if (text === said) return;
  said = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => setText(byId('live'), `${model.node?.state === 'ready' ? '' : `${model.node?.host} is ${model.node?.state}. `}${said}`), SAY_MS);
}

function setConnection(isLive) {
  document.body.classList.toggle('is-lost', !isLive);
  byId('connection').className = `badge ${isLive ? 'is-ready' : 'is-degraded'}`;
  setText(byId('connection'), isLive ? 'live' : `not live: as of ${new Date().toLocaleTimeString('en-GB')}`);
}

follow('/v1/events?only=state', {
  live(whole) {
    model = whole;
    if (!document.body.classList.contains('is-drawn')) performance.mark('first');
    document.body.classList.add('is-drawn');
    setConnection(true);
    drawAll();
  },
  changed(message, before) {
    dirty.add(message.kind);
    if (lists.note(message, before)) dirty.add('change');
    draw();
  },
  lost: () => document.body.classList.contains('is-lost') || setConnection(false),
});

byId('search').addEventListener('input', (event) => {
  search = searchFor(event.target.value);
  drawAll();
});
addEventListener('hashchange', draw);
addEventListener('popstate', draw);
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  byId('search').focus();
});
addEventListener('resize', drawAll);

startTheme(byId('theme'), () => networks.repaint());
lists.show('endpoints');
