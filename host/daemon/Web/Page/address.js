// IPv4 and IPv6 addresses and prefixes as numbers, to find what contains an address and to draw blocks to scale.

const WIDTH = { 4: 32, 6: 128 };

/** @returns {{family: 4|6, value: bigint}|null} null: it is no address. */
export function parseAddress(text) {
  return text.includes(':') ? parse6(text) : parse4(text);
}

/** @returns {{family: 4|6, start: bigint, length: number, size: bigint}|null} of `10.1.0.0/26`; an address alone is a whole one. */
export function parsePrefix(text) {
  let prefix = known.get(text);
  if (prefix === undefined) {
    if (known.size > 50_000) known.clear();
    known.set(text, (prefix = read(text)));
  }
  return prefix;
}

const known = new Map();

function read(text) {
  const [head, tail, more] = text.split('/');
  const address = parseAddress(head);
  if (!address || more !== undefined) return null;
  const width = WIDTH[address.family];
  const length = tail === undefined ? width : /^\d{1,3}$/.test(tail) ? Number(tail) : -1;
  if (length < 0 || length > width) return null;
  const size = 1n << BigInt(width - length);
  return { family: address.family, start: address.value - (address.value % size), length, size };
}

export const contains = (outer, inner) =>
  outer.family === inner.family && outer.start <= inner.start && inner.start + inner.size <= outer.start + outer.size;

export const comparePrefixes = (a, b) =>
  a.family - b.family || (a.start < b.start ? -1 : a.start > b.start ? 1 : a.length - b.length);

/** The shortest prefix that starts where `outer` does and has all of `inner` in it: what is worth drawing of a large subnet. */
export function partInUse(outer, inner) {
  const end = inner.reduce((latest, p) => (p.start + p.size > latest ? p.start + p.size : latest), outer.start);
  let { size, length } = outer;
  while (size > 1n && outer.start + size / 2n >= end) {
    size /= 2n;
    length++;
  }
  return { ...outer, size, length };
}

function parse4(text) {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) < 256)) return null;
  return { family: 4, value: parts.reduce((sum, p) => sum * 256n + BigInt(p), 0n) };
}

function parse6(text) {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = tail === undefined ? head : [...head, ...Array(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  if (groups.length !== 8 || !groups.every((g) => /^[0-9a-f]{1,4}$/i.test(g))) return null;
  return { family: 6, value: groups.reduce((sum, g) => sum * 65536n + BigInt(`0x${g}`), 0n) };
}
