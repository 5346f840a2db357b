/** A result as a card, with what can be done with it. */

import { element } from "./elements.js";

const STARS = ["0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5"];

/**
 * @param result one of the search's results
 * @param place from 1
 * @param before its place in the search before; 0 where it was not there, undefined where there was none
 * @param act called with the client's method and a value
 */
export function cardOf(result, place, before, act) {
  const { content, match_reasons: reasons, explanation } = result;
  const overview = element("p", { class: "overview", id: `overview-${place}`, hidden: "" }, content.overview);
  const open = (event) => {
    const shown = overview.toggleAttribute("hidden") === false;
    event.currentTarget.setAttribute("aria-expanded", String(shown));
    if (shown) act("click");
  };
  const title = element(
    "button",
    { type: "button", class: "title", "aria-expanded": "false", "aria-controls": overview.id, click: open },
    content.title,
  );
  const details = [content.release_year, ...content.genres].filter(Boolean).join(" · ");
  return element(
    "li",
    { class: "card", "data-id": content.id, "data-title": content.title },
    element("div", { class: "place" }, element("b", {}, String(place)), movement(place, before)),
    element(
      "article",
      { "aria-label": content.title },
      element("h3", {}, title),
      element("p", { class: "details" }, details),
      overview,
      explanation?.why ? element("p", { class: "why" }, sentence(explanation.why)) : null,
      element("ul", { class: "reasons", "aria-label": "Why it was found" }, ...reasons.map((r) => element("li", {}, r))),
      numbers(explanation),
      actions(content.title, act),
      element("p", { class: "said" }),
    ),
  );
}

function movement(place, before) {
  if (before === undefined) return null;
  if (before === 0) return element("span", { class: "moved new" }, "new");
  if (before === place) return element("span", { class: "moved", "aria-label": "same place" }, "=");
  const up = before > place;
  const by = Math.abs(before - place);
  const label = `${up ? "up" : "down"} by ${by}, from place ${before}`;
  return element("span", { class: `moved ${up ? "up" : "down"}`, role: "img", "aria-label": label }, `${up ? "▲" : "▼"} ${by}`);
}

function numbers(explanation) {
  if (!explanation) return null;
  const { relevance, score, final } = explanation;
  const taste = score === null ? "" : `, taste ${score.toFixed(2)}`;
  return element("p", { class: "numbers" }, `relevance ${relevance.toFixed(2)}${taste} → ${final.toFixed(2)}`);
}

function actions(title, act) {
  const button = (method, text) =>
    element("button", { type: "button", "aria-label": `${text}: ${title}`, click: () => act(method) }, text);
  const rate = element(
    "select",
    {
      "aria-label": `Rate: ${title}`,
      change: (event) => event.target.value && act("rate", Number(event.target.value)),
    },
    element("option", { value: "" }, "Rate…"),
    ...STARS.map((stars) => element("option", { value: stars }, `${stars} ★`)),
  );
  return element(
    "div",
    { class: "actions" },
    button("play", "Play"),
    button("complete", "Watched it all"),
    button("addToList", "Add to list"),
    button("dismiss", "Not for me"),
    rate,
  );
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
