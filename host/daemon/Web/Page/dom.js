// What comes from the API becomes text nodes and attributes here, and never markup.

/**
 * An element. `properties`: `class`, `on` (event names to functions), everything else an attribute (null, false: none;
 * true: empty). Children are elements or texts; null is left out.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined).map((c) => (c instanceof Node ? c : String(c))));
  return element;
}

export const byId = (id) => document.getElementById(id);

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The sign of a level of reach (see reach.js): a shape as well as a colour. */
export const sign = (level) => el('i', { class: `sign sign-${level}`, 'aria-hidden': 'true' });

/** Names and values, as a list of terms; empty values are left out. */
export const facts = (pairs) =>
  el('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));

/** Once per frame, however often it is asked for. */
export function batched(draw) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      draw();
    });
  };
}

/** Order as people count: h2 before h10. */
export function natural(a, b) {
  const [x, y] = [sortKey(a), sortKey(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

const keys = new Map();

function sortKey(text) {
  let key = keys.get(text);
  if (key === undefined) {
    if (keys.size > 50_000) keys.clear();
    keys.set(text, (key = text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'))));
  }
  return key;
}
