/**
 * Tells Discovery what people did with its results: `POST /v1/events`, in batches, without losing or doubling any.
 *
 * No dependencies and no build step. The types are in discovery-events.d.ts, the guide in README.md.
 */

const MAX_EVENTS = 100; // of a request, by the API
const MAX_BYTES = 60 * 1024; // browsers let 64 KiB of beacons and keepalive requests be under way at once
const MAX_EVENT_LENGTH = 8 * 1024; // characters; one event can't fill a batch
const FIRST_WAIT = 1_000; // milliseconds, doubled after each failure
const LONGEST_WAIT = 60_000;
const PATIENCE = 30_000; // API Gateway answers within this
const HALF = 0.5; // of a card, for a second, is an impression: the viewable impression of IAB and MRC
const SECOND = 1_000;

const bytes = (text) => new TextEncoder().encode(text).length;

export class DiscoveryEvents {
  #options;
  #queue = []; // {event, text}, the oldest first; the text is what is sent, the same at every try
  #sending = null; // the promise of the request that is under way
  #timer = 0;
  #failures = 0; // in a row
  #token; // the last one known; undefined before, "" for nobody
  #closed = false;
  #listening = new AbortController();
  #observer = null;
  #cards = new WeakMap(); // element → what to report once it was seen
  #seen = new Set();
  #inView = new Map(); // element → timer, of the cards that are in view and not reported

  /** @param {import("./discovery-events.d.ts").Options} options */
  constructor(options) {
    if (!options?.endpoint) throw new TypeError("DiscoveryEvents: endpoint is missing");
    this.#options = { interval: 5_000, capacity: 1_000, onDrop: warn, ...options };
    const { signal } = this.#listening;
    const turn = () => (document.visibilityState === "hidden" ? this.#leave() : this.#comeBack());
    document.addEventListener("visibilitychange", turn, { signal });
    addEventListener("pagehide", () => this.#leave(), { signal }); // Safari may navigate without the event before
    addEventListener("pageshow", () => this.#comeBack(), { signal });
    this.#expectToken();
    this.#comeBack();
  }

  impression(searchId, contentId, details) {
    return this.#add("impression", searchId, contentId, details);
  }
  click(searchId, contentId, details) {
    return this.#add("click", searchId, contentId, details);
  }
  play(searchId, contentId, details) {
    return this.#add("play", searchId, contentId, details);
  }
  complete(searchId, contentId, details) {
    return this.#add("complete", searchId, contentId, details);
  }
  addToList(searchId, contentId, details) {
    return this.#add("add_to_list", searchId, contentId, details);
  }
  dismiss(searchId, contentId, details) {
    return this.#add("dismiss", searchId, contentId, details);
  }
  rate(searchId, contentId, details) {
    return this.#add("rate", searchId, contentId, details);
  }
  purchase(searchId, contentId, details) {
    return this.#add("purchase", searchId, contentId, details);
  }

  /** Reports an impression once half of the element was in view for a second; once for a title of a search. */
  observe(element, searchId, contentId, position) {
    if (this.#closed || refusesTracking()) return;
    this.#observer ??= new IntersectionObserver((entries) => entries.forEach((entry) => this.#moved(entry)), {
      threshold: HALF,
    });
    this.#cards.set(element, { searchId, contentId, position });
    this.#observer.observe(element);
  }

  /** Sends what is queued now; resolves when it is sent, or has failed and waits for its next try. */
  async flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#queue.length) await (this.#sending ??= this.#send());
  }

  /** Sends what is queued and stops; do this before somebody else signs in. */
  async close() {
    this.#closed = true;
    this.#listening.abort();
    this.#stopClocks();
    this.#observer?.disconnect();
    await this.flush();
    this.#leave();
    this.#drop("closed", this.#queue.splice(0));
  }

  #add(action, searchId, contentId, { position, value } = {}) {
    if (this.#closed || refusesTracking()) return null;
    const { clientId, application, capacity, interval, onEvent } = this.#options;
    const event = {
      action_name: action,
      timestamp: new Date().toISOString(),
      query_id: searchId ?? undefined,
      client_id: clientId,
      application,
      event_attributes: {
        event_id: crypto.randomUUID(),
        object: { object_id: contentId },
        position: position === undefined ? undefined : { ordinal: position },
        value,
      },
    };
    const text = JSON.stringify(event); // leaves out what is undefined
    if (text.length > MAX_EVENT_LENGTH) {
      this.#drop("too_large", [{ event }]);
      return null;
    }
    if (onEvent) queueMicrotask(() => onEvent(event));
    this.#queue.push({ event, text });
    this.#drop("queue_full", this.#queue.splice(0, this.#queue.length - capacity));
    if (!this.#timer && !this.#sending) this.#expectToken();
    if (this.#queue.length >= MAX_EVENTS && !this.#failures) this.flush();
    else this.#timer ||= setTimeout(() => this.flush(), interval);
    return event.event_attributes.event_id;
  }

  async #send() {
    try {
      while (this.#queue.length && (await this.#sendBatch()));
    } finally {
      this.#sending = null; // not in the caller's `finally`: an event queued between would wait for the next one
    }
  }

  // Whether to go on with the next batch.
  async #sendBatch() {
    let batch = [];
    let answer = null;
    try {
      const token = await this.#knowToken();
      batch = this.#takeBatch();
      if (!batch.length) return false; // the page was left meanwhile
      answer = await fetch(this.#options.endpoint, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
        body: bodyOf(batch),
        keepalive: true,
        credentials: "omit",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      // No token, no network or no answer in time: the same as an answer that says "later".
    }
    if (!answer || answer.status === 429 || answer.status >= 500) {
      this.#putBack(batch);
      this.#retry(answer);
      return false;
    }
    this.#failures = 0;
    if (answer.ok) await this.#tell(answer);
    else this.#drop(`http_${answer.status}`, batch); // would be refused for ever
    return true;
  }

  #retry(answer) {
    const limit = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
    if (this.#closed) return; // close() deals with what is left
    const asked = 1_000 * (Number(answer?.headers.get("Retry-After")) || 0);
    // Jitter keeps clients that failed together from coming back together.
    const wait = Math.max(asked, limit / 2) + (Math.random() * limit) / 2;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  async #tell(answer) {
    const { onVerdict } = this.#options;
    if (!onVerdict) return;
    const said = await answer.json().catch(() => null); // it was taken, whatever the body holds
    said?.events?.forEach((verdict) => queueMicrotask(() => onVerdict(verdict)));
  }

  #takeBatch(token = "") {
    let size = bytes(bodyOf([], token));
    let count = 0;
    while (count < this.#queue.length && count < MAX_EVENTS) {
      size += bytes(this.#queue[count].text) + 1;
      if (size > MAX_BYTES) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  #putBack(batch) {
    this.#queue.unshift(...batch);
    this.#drop("queue_full", this.#queue.splice(0, this.#queue.length - this.#options.capacity));
  }

  #drop(reason, items) {
    const { onDrop } = this.#options;
    // On its own, like the page's other functions: an error in it is the page's, and stops no sending.
    if (items.length) queueMicrotask(() => onDrop(reason, items.map((item) => item.event)));
  }

  // Asks ahead, so that the token is known when the page is left; a send asks again, and deals with a failure.
  #expectToken() {
    if (!refusesTracking()) this.#knowToken().catch(() => {});
  }

  async #knowToken() {
    const { token } = this.#options;
    this.#token = (await (typeof token === "function" ? token() : token)) ?? "";
    return this.#token;
  }

  // The page may end with this event, so nothing can be awaited: a token still on its way is replaced by the last one.
  #leave() {
    this.#stopClocks();
    if (refusesTracking()) this.#queue = [];
    const { token, endpoint, persist } = this.#options;
    if (typeof token !== "function") this.#token = token ?? "";
    if (this.#token === undefined && !persist) this.flush(); // the best that is left
    // A beacon's answer is never seen: while the server fails, the store is safer.
    if (this.#token !== undefined && navigator.onLine !== false && !(persist && this.#failures)) {
      for (let batch; (batch = this.#takeBatch(this.#token)).length; ) {
        // Text needs no preflight, for which a page that ends has no time; it has no headers, so the body has the token.
        if (navigator.sendBeacon(endpoint, bodyOf(batch, this.#token))) continue;
        this.#putBack(batch);
        break;
      }
    }
    if (persist && this.#queue.length && store(persist, [...stored(persist), ...this.#queue])) this.#queue = [];
  }

  #comeBack() {
    this.#startClocks();
    const { persist, capacity, interval } = this.#options;
    if (persist) {
      this.#queue.unshift(...stored(persist).slice(-capacity));
      store(persist, []);
      if (refusesTracking()) this.#queue = [];
    }
    if (this.#queue.length) this.#timer ||= setTimeout(() => this.flush(), interval);
  }

  #moved({ target, isIntersecting, intersectionRatio }) {
    clearTimeout(this.#inView.get(target));
    this.#inView.delete(target);
    if (isIntersecting && intersectionRatio >= HALF) this.#inView.set(target, this.#clock(target));
  }

  // A hidden page shows nothing, so its clocks stand still.
  #clock(element) {
    return document.visibilityState === "hidden" ? 0 : setTimeout(() => this.#saw(element), SECOND);
  }

  #stopClocks() {
    for (const timer of this.#inView.values()) clearTimeout(timer);
  }

  #startClocks() {
    this.#stopClocks();
    for (const element of this.#inView.keys()) this.#inView.set(element, this.#clock(element));
  }

  #saw(element) {
    const { searchId, contentId, position } = this.#cards.get(element);
    const key = JSON.stringify([searchId, contentId]);
    this.#inView.delete(element);
    this.#observer.unobserve(element);
    if (this.#seen.has(key)) return; // the card was drawn anew
    this.#seen.add(key);
    this.impression(searchId, contentId, { position });
  }
}

function bodyOf(batch, token) {
  const events = batch.map(({ text }) => text).join();
  return `{${token ? `"token":${JSON.stringify(token)},` : ""}"events":[${events}]}`;
}

function refusesTracking() {
  return navigator.globalPrivacyControl === true;
}

function warn(reason, events) {
  console.warn(`DiscoveryEvents: dropped ${events.length} (${reason})`);
}

const keyOf = (person) => `discovery-events:${person}`;

function stored(person) {
  try {
    const events = JSON.parse(localStorage.getItem(keyOf(person))) ?? [];
    return events.map((event) => ({ event, text: JSON.stringify(event) }));
  } catch {
    return []; // no storage here, or what is in it is not ours
  }
}

// Whether they are kept: storage may be full, or forbidden.
function store(person, items) {
  try {
    if (items.length) localStorage.setItem(keyOf(person), JSON.stringify(items.map((item) => item.event)));
    else localStorage.removeItem(keyOf(person));
    return true;
  } catch {
    return false;
  }
}
