/** What became of one event; docs/events.md lists all reasons. */
export interface Verdict {
  event_id: string;
  verdict: "accepted" | "duplicate" | "refused" | "not_kept";
  /** Why it was refused or not kept, such as "unknown_title"; null where it was accepted. */
  reason: string | null;
  /** The member that is wrong, such as "event_attributes.value". */
  field: string | null;
  /** Whether the event belongs to a search of this person: "foreign" is a search id that was not given to them. */
  search: "joined" | "none" | "foreign";
  /** Whether the person's profile uses it, and why. */
  profile: { used: boolean; why: string };
}

/** Why events were dropped: `http_…` is the status of an answer that no retry would change. */
export type DropReason = "queue_full" | "too_large" | "closed" | `http_${number}`;

/** An event in OpenSearch's UBI 1.3 schema, as it is sent. */
export interface UbiEvent {
  action_name: "impression" | "click" | "play" | "complete" | "add_to_list" | "dismiss" | "rate" | "purchase";
  /** ISO 8601, UTC. */
  timestamp: string;
  query_id?: string;
  client_id?: string;
  application?: string;
  event_attributes: {
    event_id: string;
    object: { object_id: string };
    position?: { ordinal: number };
    value?: number;
  };
}

export interface Options {
  /** The URL of `POST /v1/events`. */
  endpoint: string;
  /** The person's access token, or what gives one; without it events are anonymous. It is asked for at every send. */
  token?: string | null | (() => string | null | undefined | Promise<string | null | undefined>);
  /** Tells one anonymous browser from another. The app chooses it, and asks for consent where that is needed. */
  clientId?: string;
  /** The app's name. */
  application?: string;
  /** Milliseconds that an event waits for others; 5000. */
  interval?: number;
  /** Events that wait at most; the oldest are dropped for new ones; 1000. */
  capacity?: number;
  /**
   * Keeps what could not be sent in localStorage when the page is left, under this name, for the next page. The name
   * must be the person's own, such as an account number: what is kept is sent as whoever is signed in under it.
   */
  persist?: string;
  /** Called for each event that is queued, those of `observe` too. */
  onEvent?: (event: UbiEvent) => void;
  /** Called for each event that the server answered. Beacons, sent when the page is left, get no answer. */
  onVerdict?: (verdict: Verdict) => void;
  /** Called for events that will never be sent; by default a warning on the console. */
  onDrop?: (reason: DropReason, events: UbiEvent[]) => void;
}

export interface Details {
  /** The result's place, from 1. */
  position?: number;
  /** Minutes for play and complete, the price for purchase. */
  value?: number;
}

/**
 * Tells Discovery what people did with its results.
 *
 * Each method takes the `search_id` of the answer that showed the title (null where none did) and the title's id, and
 * returns the event's id, or null where nothing will be sent: by Global Privacy Control, after `close()`, or too large.
 */
export class DiscoveryEvents {
  constructor(options: Options);
  impression(searchId: string | null, contentId: string, details?: Details): string | null;
  click(searchId: string | null, contentId: string, details?: Details): string | null;
  play(searchId: string | null, contentId: string, details?: Details): string | null;
  complete(searchId: string | null, contentId: string, details?: Details): string | null;
  addToList(searchId: string | null, contentId: string, details?: Details): string | null;
  dismiss(searchId: string | null, contentId: string, details?: Details): string | null;
  /** The value is stars, 0.5 to 5. */
  rate(searchId: string | null, contentId: string, details: Details & { value: number }): string | null;
  purchase(searchId: string | null, contentId: string, details?: Details): string | null;
  /** Reports an impression once half of the element was in view for a second; once for a title of a search. */
  observe(element: Element, searchId: string | null, contentId: string, position?: number): void;
  /** Sends what is queued now; resolves when it is sent, or has failed and waits for its next try. */
  flush(): Promise<void>;
  /** Sends what is queued and stops; do this before somebody else signs in. */
  close(): Promise<void>;
}
