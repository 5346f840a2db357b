/** The list of events, the newest first, and what the API said of each. */

import { element } from "./elements.js";

const MOST = 60;
const NAMES = {
  impression: "Seen",
  click: "Opened",
  play: "Played",
  complete: "Watched",
  add_to_list: "Added",
  dismiss: "Dismissed",
  rate: "Rated",
};

export class Journal {
  #list;
  #heard; // read aloud by screen readers
  #rows = new Map();

  constructor(list, heard) {
    this.#list = list;
    this.#heard = heard;
  }

  /**
   * A new event, which waits for its verdict, and the card of its title. What is said of it is said on the card too: on a
   * small screen the list is far below.
   */
  add({ action_name: action, event_attributes: { event_id: id, value } }, card) {
    const said = element("p", { class: "verdict waiting" }, "waiting for its turn…");
    const what = `${NAMES[action]} ${card.dataset.title}${value === undefined ? "" : ` (${value})`}`;
    const time = element("time", {}, new Date().toLocaleTimeString());
    const row = element("li", { "data-action": action }, element("p", { class: "what" }, element("b", {}, what), time), said);
    this.#list.prepend(row);
    while (this.#list.children.length > MOST) this.#list.lastChild.remove();
    const onCard = action === "impression" ? null : card.querySelector(".said");
    this.#rows.set(id, { said, what, verb: NAMES[action], onCard });
  }

  /** What the API said of an event. */
  tell(verdict) {
    const row = this.#rows.get(verdict.event_id);
    if (!row) return; // of a page before
    this.#rows.delete(verdict.event_id);
    const { used, why } = verdict.profile ?? {};
    row.said.className = "verdict";
    row.said.replaceChildren(
      badge(verdict.verdict, verdict.verdict === "accepted"),
      badge({ joined: "joined to the search", none: "no search", foreign: "foreign search" }[verdict.search], verdict.search === "joined"),
      badge(used ? "used by the profile" : "not used by the profile", used),
      element("span", { class: "reason" }, [verdict.reason, verdict.field, why].filter(Boolean).join(" · ")),
    );
    const short = [verdict.verdict, verdict.reason, used ? "used by the profile" : null].filter(Boolean).join(", ");
    if (row.onCard) row.onCard.textContent = `${row.verb}: ${short}.`;
    if (used) this.#heard.textContent = `${row.what}: ${short}`;
  }

  /** Events that will never be sent. */
  drop(reason, ids) {
    for (const id of ids) {
      const row = this.#rows.get(id);
      if (!row) continue;
      this.#rows.delete(id);
      row.said.className = "verdict";
      row.said.replaceChildren(badge("dropped", false), element("span", { class: "reason" }, reason));
      if (row.onCard) row.onCard.textContent = `${row.verb}: dropped, ${reason}.`;
    }
  }
}

function badge(text, good) {
  return text ? element("span", { class: good ? "badge good" : "badge" }, `${good ? "✓" : "–"} ${text}`) : null;
}
