// Follows the node. The browser reconnects by itself; each time the node says `reset`, all that there is, `live`, then news.

import { Model } from './model.js';

const AGAIN_MS = 5000;

/**
 * @param to `live(model)`: here is a whole picture; `changed(message, before)`: one thing of it is different;
 * `lost()`: the node does not answer, and what is shown is as of then.
 */
export function follow(url, to) {
  const source = new EventSource(url);
  let model = new Model();
  let isLive = false;
  const again = () => {
    source.close();
    follow(url, to);
  };
  source.addEventListener('reset', (event) => {
    if (!JSON.parse(event.data).state) return;
    if (isLive) again(); // in the middle of a stream: there is no second `live` in it
    else model = new Model(); // what is shown stays until all of the new is there
  });
  source.addEventListener('state', (event) => {
    const message = JSON.parse(event.data);
    const before = model.apply(message);
    if (isLive) to.changed(message, before);
  });
  source.addEventListener('live', () => {
    isLive = true;
    to.live(model);
  });
  source.addEventListener('error', () => {
    isLive = false;
    to.lost();
    if (source.readyState === EventSource.CLOSED) setTimeout(again, AGAIN_MS); // it was refused, and the browser has given up
  });
}
