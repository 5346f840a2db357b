/** The test page: searches as a demo user, tells what is done with the results, and shows what came of it. */

import { DiscoveryEvents } from "../discovery-events.js";
import { EVENTS, demoUsers, search, tokenOf } from "./api.js";
import { element } from "./elements.js";
import { Journal } from "./journal.js";
import { cardOf } from "./results.js";
import { offerSuggestions } from "./suggestions.js";

const at = (id) => document.getElementById(id);
const journal = new Journal(at("events"), at("heard"));

let client;
let token = Promise.resolve(null);
let order = null; // {key, places: title → place} of the search before
let asked = 0;

function begin() {
  const user = at("person").value;
  token = tokenOf(user);
  token.catch((error) => tell(error.message));
  const mine = token;
  client = new DiscoveryEvents({
    endpoint: EVENTS,
    token: () => mine,
    clientId: user ? undefined : browserId(),
    application: "test-page",
    interval: 400, // the verdict is wanted at once; an app would leave the default
    persist: `test-page-${user}`,
    onEvent: write,
    onVerdict: hear,
    onDrop: (reason, events) => journal.drop(reason, events.map((event) => event.event_attributes.event_id)),
  });
}

function browserId() {
  sessionStorage.browserId ??= crypto.randomUUID();
  return sessionStorage.browserId;
}

function write(event) {
  const id = event.event_attributes.object.object_id;
  const card = at("results").querySelector(`[data-id="${CSS.escape(id)}"]`);
  if (card) journal.add(event, card); // else another search has replaced it
}

function hear(verdict) {
  journal.tell(verdict);
  if (verdict.profile?.used) at("again").classList.add("primary"); // the next order may be another one
}

async function show() {
  const query = at("query").value.trim();
  const key = JSON.stringify([at("person").value, query]);
  const number = ++asked;
  tell("Searching…");
  try {
    const answer = await search(query, await token);
    if (number !== asked) return; // another search came after
    draw(answer, order?.key === key ? order.places : null);
    at("results").dataset.query = query; // which search the cards are of
    order = { key, places: new Map(answer.results.map((result, n) => [result.content.id, n + 1])) };
  } catch (error) {
    if (number === asked) tell(error.message);
  }
}

function draw(answer, before) {
  const cards = answer.results.map((result, n) => {
    const { id } = result.content;
    const act = (method, value) => client[method](answer.search_id, id, { position: n + 1, value });
    return cardOf(result, n + 1, before ? (before.get(id) ?? 0) : undefined, act);
  });
  at("results").replaceChildren(...cards);
  cards.forEach((card, n) => client.observe(card, answer.search_id, card.dataset.id, n + 1));
  at("again").hidden = false;
  at("again").classList.remove("primary");
  tell(`${answer.total_count} found. ${orderOf(answer.personalization)}${moved(answer, before)}`);
}

function orderOf({ status, reason, weight }) {
  if (status === "applied" || status === "partial") return `Ordered for ${at("person").value}, weight ${weight}.`;
  return `In the order of relevance (${reason ?? status}).`;
}

function moved(answer, before) {
  if (!before) return "";
  const count = answer.results.filter((result, n) => before.get(result.content.id) !== n + 1).length;
  return count ? ` ${count} in another place than before.` : " The same order as before.";
}

function tell(text) {
  at("status").textContent = text;
}

async function changePerson() {
  const left = client;
  begin(); // at once: the buttons on the page are the new person's from now on
  at("results").replaceChildren();
  delete at("results").dataset.query;
  await left.close();
  await show();
}

at("privacy").hidden = !navigator.globalPrivacyControl;
at("person").addEventListener("change", changePerson);
at("again").addEventListener("click", show);
at("search").addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
offerSuggestions(at("query"), at("suggestions"), show);
for (const { id, taste } of await demoUsers()) {
  at("person").append(element("option", { value: id }, `${id}: ${taste}`));
}
if (at("person").options.length > 1) at("person").selectedIndex = 1;
begin();
await show();
