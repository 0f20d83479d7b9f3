// One thing in full: what it is, how it is reached and why not, and what its journal says.

import { byId, el, facts, natural, setText, sign } from './dom.js';
import { Journal } from './journal.js';
import { judgeHost, judgeRoute, isIsolated, LEVELS, parentOf } from './reach.js';

const MAX_ROUTES = 200;

export class Detail {
  #path = '';
  #seen = '';

  constructor(close) {
    this.root = byId('detail');
    this.body = byId('detail-body');
    this.journal = new Journal(byId('journal'));
    byId('close').addEventListener('click', close);
    this.root.addEventListener('keydown', (event) => event.key === 'Escape' && close());
  }

  /** @param path `kind/key`, or empty: nothing is shown. */
  show(path, model) {
    const isNew = path !== this.#path;
    this.#path = path;
    this.root.hidden = path === '';
    document.body.classList.toggle('has-detail', path !== '');
    if (path === '') {
      this.#seen = '';
      this.journal.show([]);
      return;
    }
    const cut = path.indexOf('/');
    const [kind, key] = [path.slice(0, cut), path.slice(cut + 1)];
    const view = VIEWS[kind]?.(key, model) ?? null;
    this.#fill(view ?? { title: key, kind: kind || 'this', parts: [el('p', {}, 'It is not there, or no more. Its journal may still tell of it.')], journals: journalsOf(kind, key, model) });
    if (isNew) {
      this.root.scrollTop = 0;
      byId('detail-title').focus();
    }
  }

  #fill(view) {
    setText(byId('detail-kind'), view.kind);
    setText(byId('detail-title'), view.title);
    const next = el('div', {}, view.parts);
    if (next.outerHTML !== this.#seen) { // so that what is selected or read stays
      this.#seen = next.outerHTML;
      this.body.replaceChildren(next);
    }
    this.journal.show(view.journals ?? [], view.elsewhere);
  }
}

const VIEWS = {
  host(key, model) {
    const host = findHost(key, model);
    if (!host) return null;
    const networks = [...model.network.values()].sort((a, b) => natural(a.name, b.name));
    const row = judgeHost(model, host, networks);
    return {
      kind: row.isSelf ? 'This host' : 'Host',
      title: host.host || host.address,
      parts: [
        row.note ? el('p', { class: 'is-bad' }, sign('doubt'), ` ${row.note}`) : null,
        facts([['Address', host.address], ['Id', host.hostId], ['Member', host.status], ['State', host.state], ['Registry', host.registry ? 'may run here' : ''], ['Blocks', host.blocks], [row.isSelf ? 'Routes announced' : 'Routes taken from it', host.routes]]),
        reachTable(row, networks, model),
        row.isSelf ? null : elsewhere(host),
      ],
      ...(row.isSelf ? { journals: ['host', 'registry'] } : { elsewhere: host.host }),
    };
  },

  network(id, model) {
    const network = model.network.get(id);
    if (!network) return null;
    const rows = model.hosts().map((h) => judgeHost(model, h, [network])).filter((r) => r.cells.get(id).level !== 'none');
    return {
      kind: 'Network',
      title: network.name,
      parts: [
        network.reason ? el('p', { class: 'is-bad' }, sign('cut'), ` ${network.state} here: ${network.reason}`) : null,
        facts([['Id', id], ['Mode', network.mode], ['Parent here', isIsolated(network) ? `${network.parent} (isolated: nothing leaves a host)` : parentOf(network)], ['Subnets', network.subnets.join(', ')], ['State here', network.state], ['Endpoints here', network.endpoints]]),
        el('h3', {}, 'Hosts in it'),
        el('ul', { class: 'plain' }, rows.sort((a, b) => LEVELS[b.level].rank - LEVELS[a.level].rank || natural(a.host.host, b.host.host)).slice(0, MAX_ROUTES).map((r) => {
          const cell = r.cells.get(id);
          return el('li', {}, sign(cell.level), ' ', link(`route-between/${r.key}/${id}`, r.host.host || r.host.address), ` ${LEVELS[cell.level].word}${cell.why ? `: ${cell.why}` : ''}`);
        })),
        rows.length > MAX_ROUTES ? el('p', { class: 'dim' }, `and ${rows.length - MAX_ROUTES} more: see the picture.`) : null,
      ],
      journals: journalsOf('network', id, model),
    };
  },

  endpoint(id, model) {
    const endpoint = model.endpoint.get(id);
    return endpoint && {
      kind: 'Endpoint of this host',
      title: endpoint.name || id.slice(0, 12),
      parts: [
        endpoint.reason ? el('p', { class: 'is-bad' }, sign('cut'), ` ${endpoint.reason}`) : null,
        facts([['Id', id], ['Network', link(`network/${endpoint.networkId}`, endpoint.network)], ['Addresses', endpoint.addresses.join(', ')], ['State', endpoint.state], ['Sandbox', endpoint.sandbox]]),
      ],
      journals: journalsOf('endpoint', id, model),
    };
  },

  route(key, model) {
    const route = model.route.get(key);
    return route && {
      kind: 'Route',
      title: route.prefix,
      parts: [verdict(route), facts([
        ['Network', link(`network/${route.networkId}`, route.network)], ['Host', link(`host/${route.hostId}`, route.host)], ['Next hop', route.nextHop], ['Device', route.device], ['State', route.state], ['Kernel', route.kernel]])],
      elsewhere: route.state === 'own' ? undefined : route.host,
      journals: route.state === 'own' ? journalsOf('network', route.networkId, model) : [],
    };
  },

  block(key, model) {
    const block = model.block.get(key);
    return block && VIEWS['route-between'](`${block.hostId}/${block.networkId}`, model);
  },

  'route-between'(key, model) {
    const cut = key.lastIndexOf('/');
    const [host, network] = [findHost(key.slice(0, cut), model), model.network.get(key.slice(cut + 1))];
    if (!host || !network) return null;
    const cell = model.cell(host.hostId, network.id) ?? { block: new Map(), route: new Map() };
    const { level, why } = judgeHost(model, host, [network]).cells.get(network.id);
    return {
      kind: `${model.node?.host} to`,
      title: `${host.host || host.address} in ${network.name}`,
      parts: [
        el('p', { class: level === 'cut' ? 'is-bad' : '' }, sign(level), ` ${LEVELS[level].word}${why ? `: ${why}` : ''}`),
        el('p', {}, link(`host/${host.key}`, host.host || host.address), ' · ', link(`network/${network.id}`, network.name)),
        el('h3', {}, 'Routes'),
        cell.route.size === 0 ? el('p', { class: 'dim' }, 'None.') : el('ul', { class: 'plain' }, [...cell.route].slice(0, MAX_ROUTES).map(([k, r]) => el('li', {}, sign(judgeRoute(r).level), ' ', link(`route/${k}`, r.prefix), ` ${r.state}${judgeRoute(r).why ? ` — ${judgeRoute(r).why}` : ''}`))),
        el('h3', {}, 'Blocks that it owns'),
        cell.block.size === 0 ? el('p', { class: 'dim' }, 'None.') : el('ul', { class: 'plain' }, [...cell.block.values()].slice(0, MAX_ROUTES).map((b) => el('li', {}, el('code', {}, b.block), ` epoch ${b.epoch}${b.used === null || b.used === undefined ? '' : `, ${b.used} in use`}`))),
        model.isSelf(host) ? null : el('p', { class: 'dim' }, `This is the way from ${model.node?.host}; the way back is for ${host.host || host.address} to tell.`),
      ],
      ...(model.isSelf(host) ? { journals: journalsOf('network', network.id, model) } : { elsewhere: host.host || host.address }),
    };
  },
};

const link = (path, text) => el('a', { href: `#/${encodeURI(path)}` }, text);

const findHost = (key, model) => model.hosts().find((h) => h.key === key) ?? model.hosts().find((h) => h.hostId === key);

function verdict(route) {
  const { level, why } = judgeRoute(route);
  return el('p', { class: level === 'cut' ? 'is-bad' : '' }, sign(level), ` ${LEVELS[level].word}${why ? `: ${why}` : ''}`);
}

function reachTable(row, networks) {
  const parts = networks.filter((n) => row.cells.get(n.id).level !== 'none');
  if (parts.length === 0) return el('p', { class: 'dim' }, 'It has no part in any network.');
  return el('table', {}, el('caption', {}, row.isSelf ? 'Networks here' : 'Reached from here'), el('tbody', {}, parts.map((n) => {
    const { level, why } = row.cells.get(n.id);
    return el('tr', {}, el('th', { scope: 'row' }, link(`route-between/${row.key}/${n.id}`, n.name)), el('td', {}, sign(level), ` ${LEVELS[level].word}${why ? `: ${why}` : ''}`));
  })));
}

/** A node shows its own endpoints and journal; beyond loopback the page of another can be opened by its address. */
function elsewhere(host) {
  const name = host.host || host.address;
  const machine = host.address.replace(/^.*@/, '').replace(/:\d+$/, '');
  const isLocal = /^(localhost|127\.|\[::1\])/.test(location.hostname);
  return el('p', { class: 'note' }, `Its endpoints and its journal are shown by ${name} itself: `, isLocal || machine === ''
    ? `there at http://127.0.0.1:${location.port}/, or from here through ssh -L 7441:127.0.0.1:${location.port} ${machine || name} at http://127.0.0.1:7441/.`
    : el('a', { href: `${location.protocol}//${machine}:${location.port}/`, rel: 'noreferrer' }, `its page`));
}

/** Where events about a thing lie in this host's journal; not all of them need to be there. */
function journalsOf(kind, key, model) {
  const self = model.node?.hostId;
  return { endpoint: [`endpoint-${key}`], network: [`host-${self}-network-${key}`, `network-${key}`], host: ['host'] }[kind] ?? [];
}
