// What the node shows, as it was told last: maps by kind and key, and by host and network what lies between the two.

const KINDS = ['host', 'network', 'block', 'endpoint', 'route'];

export class Model {
  #hosts;

  constructor() {
    this.node = null;
    for (const kind of KINDS) this[kind] = new Map();
    this.cells = new Map();
    this.#hosts = null;
  }

  /** @param message `{kind, key, gone?, [kind]: value}` as GET /v1/events has it. @returns what was there before. */
  apply(message) {
    const { kind, key } = message;
    if (kind === 'node') {
      const before = this.node;
      this.node = message.node ?? null;
      return before;
    }
    const map = this[kind];
    if (!KINDS.includes(kind)) return undefined; // a newer node tells of more
    if (kind !== 'endpoint') this.#hosts = null;
    const before = map.get(key);
    if (before !== undefined) this.#index(kind, key, before, true);
    if (message.gone) {
      map.delete(key);
    } else {
      map.set(key, message[kind]);
      this.#index(kind, key, message[kind], false);
    }
    return before;
  }

  /** Blocks and routes of one host in one network. */
  cell(hostId, networkId) {
    return this.cells.get(`${hostId}/${networkId}`);
  }

  isSelf(host) {
    return this.node !== null && host.hostId !== '' && host.hostId === this.node.hostId && !host.copyOf;
  }

  /** Members, hosts that were, and whoever owns a block. */
  hosts() {
    return (this.#hosts ??= this.#allHosts());
  }

  #allHosts() {
    const all = [...this.host].map(([key, host]) => ({ key, ...host }));
    const seen = new Set(all.map((h) => h.hostId));
    for (const cell of this.cells.values()) {
      const [of] = cell.block.size > 0 ? cell.block.values() : cell.route.values();
      if (seen.has(of.hostId)) continue;
      seen.add(of.hostId);
      all.push({ key: of.hostId, host: of.host, hostId: of.hostId, address: '', status: 'gone', reachable: false, registry: false, blocks: null, routes: null, copyOf: '', state: '', why: '' });
    }
    return all;
  }

  #index(kind, key, value, remove) {
    if (kind !== 'block' && kind !== 'route') return;
    const name = `${value.hostId}/${value.networkId}`;
    const { block, route } = this.cells.get(name) ?? { block: new Map(), route: new Map() };
    const cell = { block, route }; // another one, for it is another now
    this.cells.set(name, cell);
    if (!remove) cell[kind].set(key, value);
    else cell[kind].delete(key);
    if (cell.block.size + cell.route.size === 0) this.cells.delete(name);
  }
}
