// What a person types, as a test of each thing: words that must all be found in it, or an address, which finds what contains it.

import { contains, parsePrefix } from './address.js';

/** @returns null: nothing is searched for; else `{matches(kind, value), prefix, text}`; the prefix is null unless it is an address. */
export function searchFor(text) {
  const words = text.trim().toLowerCase().split(/\s+/).filter((w) => w !== '');
  if (words.length === 0) return null;
  const prefix = words.length === 1 && /[.:]/.test(words[0]) ? parsePrefix(words[0]) : null;
  return {
    prefix,
    text: text.trim(),
    matches: (kind, value) => words.every((w) => haystack(kind, value).includes(w)) || (prefix !== null && lies(prefix, prefixesOf(kind, value))),
  };
}

const TEXTS = {
  host: (h) => [h.host, h.address, h.hostId, h.status, h.reachable ? '' : 'unreachable', h.registry ? 'registry' : '', h.copyOf, h.state, h.why],
  network: (n) => [n.name, n.id, n.mode, n.parent, n.state, n.reason, ...n.subnets],
  block: (b) => [b.block, b.host, b.network, b.networkId],
  endpoint: (e) => [e.name, e.id, e.network, e.state, e.sandbox, e.reason, ...e.addresses],
  route: (r) => [r.prefix, r.network, r.host, r.nextHop, r.device, r.state, r.kernel, r.reason],
};

const known = new WeakMap();

function haystack(kind, value) {
  let text = known.get(value);
  if (text === undefined) known.set(value, (text = TEXTS[kind](value).join('\n').toLowerCase()));
  return text;
}

function prefixesOf(kind, value) {
  const texts = { network: value.subnets, block: [value.block], route: [value.prefix], endpoint: value.addresses?.map((a) => a.split('/')[0]) }[kind] ?? [];
  return texts.map(parsePrefix).filter((p) => p !== null);
}

const lies = (wanted, prefixes) => prefixes.some((p) => contains(p, wanted) || contains(wanted, p));
