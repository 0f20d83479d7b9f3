// Judges what the node shows: which hosts' containers this host's containers reach, and why not. Pure.

/** Levels of reach, the worst first. A cell, a host and a figure take the worst of what they are made of. */
export const LEVELS = {
  cut: { word: 'not reached', rank: 6 },
  doubt: { word: 'in doubt', rank: 5 },
  reached: { word: 'reached', rank: 4 },
  wire: { word: 'same wire', rank: 3 },
  alone: { word: 'isolated', rank: 2 },
  quiet: { word: 'nothing announced', rank: 1 },
  here: { word: 'here', rank: 0 },
  none: { word: 'no part in it', rank: -1 },
};

export const LEGEND = [
  ['reached', 'a route to it is in the kernel'],
  ['doubt', 'the route stands, but its host is not heard: suspect, then stale'],
  ['cut', 'no route: withdrawn, rejected, missing, or in conflict'],
  ['wire', 'L2: the switch carries it, no route is needed'],
  ['quiet', 'it owns addresses there, but announces none'],
  ['alone', 'no parent link: containers meet on one host only'],
  ['here', 'this host itself'],
];

export const worst = (levels) => levels.reduce((a, b) => (LEVELS[b].rank > LEVELS[a].rank ? b : a), 'none');

/** A network without a parent of its own has a dummy link that is named after it. */
export const isIsolated = (network) => network.parent === `di-${network.id.slice(0, 12)}`;

/** A parent that is a link of each container is out of every host's sight. */
const isInContainer = (network) => network.parentKind === 'container';

export const parentOf = (network) => (isInContainer(network) ? `${network.parent} of each container` : network.parent);

const SENTENCES = {
  rejected: 'rejected',
  withdrawn: 'withdrawn: its next hop is dead',
  suspect: 'suspect: its host cannot be reached by the cluster; the route stays while the next hop answers',
  stale: 'stale: its host is no member or has not been heard for long; the route stays while the next hop answers',
  missing: 'missing in the kernel',
  conflict: 'conflict: the kernel has another route there',
};

/** @returns {{level: string, why: string}} of one route; `why` is empty where nothing is wrong. */
export function judgeRoute(route) {
  if (route.state === 'own') return { level: 'here', why: '' };
  const [level, what] =
    route.state === 'rejected' || route.state === 'withdrawn' ? ['cut', route.state]
    : route.kernel === 'conflict' || route.kernel === 'missing' ? ['cut', route.kernel]
    : route.state === 'suspect' || route.state === 'stale' ? ['doubt', route.state]
    : route.state === 'accepted' && route.kernel === 'installed' ? ['reached', '']
    : ['doubt', route.state];
  if (level === 'reached') return { level, why: '' };
  const hop = what === 'withdrawn' && route.nextHop ? ` (${route.nextHop}${route.device ? ` on ${route.device}` : ''})` : '';
  return { level, why: `${SENTENCES[what] ?? what}${hop}${route.reason && what !== 'conflict' ? `: ${route.reason}` : route.reason ? ` (${route.reason})` : ''}` };
}

/**
 * What lies between this host and another in one network.
 * @returns {{level: string, why: string, count: number}} `count`: blocks or routes of that level.
 */
export function judgeCell(cell, network, isSelf) {
  if (!cell) return NOTHING;
  let known = judged.get(cell);
  if (known?.network !== network || known.isSelf !== isSelf) judged.set(cell, (known = { network, isSelf, verdict: judge(cell, network, isSelf) }));
  return known.verdict;
}

const NOTHING = { level: 'none', why: '', count: 0 };

/** A cell in which something has changed is another object, so what was thought of it stands as long as it is there. */
const judged = new WeakMap();

function judge(cell, network, isSelf) {
  const blocks = cell.block.size;
  if (isSelf) return { level: blocks + cell.route.size > 0 ? 'here' : 'none', why: '', count: blocks };
  if (isIsolated(network)) return { level: 'alone', why: 'the network has no parent link, so nothing of it leaves a host', count: blocks };
  if (isInContainer(network)) return { level: 'quiet', why: `its parent is ${parentOf(network)}, and where that leads no host knows`, count: blocks };
  if (cell.route.size === 0) {
    return network.mode === 'l2'
      ? { level: 'wire', why: `reached over the wire of ${network.parent}, if the switch connects it`, count: blocks }
      : { level: 'quiet', why: 'it owns addresses but has announced none: no container of it is there', count: blocks };
  }
  const routes = [...cell.route.values()].map(judgeRoute);
  const level = worst(routes.map((j) => j.level));
  const those = routes.filter((j) => j.level === level);
  return { level, why: [...new Set(those.map((j) => j.why))].filter((w) => w !== '').join('; '), count: those.length };
}

export const isNoMember = (host) => host.status === 'gone';

/** What is to be said of a host beside its routes. */
export function memberNote(host) {
  if (host.copyOf) return `a copy of the host at ${host.copyOf}: nothing of what it tells is taken`;
  const why = host.why ? `: ${host.why}` : '';
  if (isNoMember(host)) return `no member of the cluster${why}`;
  if (!host.reachable) return `not heard by the cluster${why}`;
  if (host.why) return `${host.state}${why}`;
  return host.status === 'Up' ? '' : host.status.toLowerCase();
}

/** One row of the picture: a host, with what lies between it and this host in each network. */
export function judgeHost(model, host, networks) {
  const isSelf = model.isSelf(host);
  const cells = new Map(networks.map((n) => [n.id, judgeCell(host.copyOf ? undefined : model.cell(host.hostId, n.id), n, isSelf)]));
  const note = memberNote(host);
  const level = isSelf ? 'here' : worst([...cells.values()].map((c) => c.level));
  return { key: host.key, host, isSelf, cells, note, level, isTrouble: LEVELS[level].rank >= LEVELS.doubt.rank || note !== '' };
}

/** @returns the picture's one sentence, and how many hosts there are of each level. */
export function headline(name, rows) {
  const counts = Object.fromEntries(Object.keys(LEVELS).map((l) => [l, 0]));
  for (const row of rows) counts[row.level]++;
  const others = rows.filter((r) => !r.isSelf);
  const told = counts.reached + counts.doubt + counts.cut;
  if (others.length === 0) return { text: `${name} is alone: no other host has been seen.`, counts };
  if (told === 0) return { text: `${others.length} other ${others.length === 1 ? 'host' : 'hosts'}; none announces routes to ${name}.`, counts };
  const parts = [`${name} reaches ${counts.reached} of ${told} hosts that announce routes`];
  if (counts.doubt) parts.push(`${counts.doubt} in doubt`);
  if (counts.cut) parts.push(`${counts.cut} not reached in some network`);
  return { text: `${parts.join('; ')}.`, counts };
}
