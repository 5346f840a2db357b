/** Suggestions under the search box: the combobox with a list box of the ARIA Authoring Practices. */

import { suggest } from "./api.js";
import { element } from "./elements.js";

const PAUSE = 120; // milliseconds without a key before the API is asked

export function offerSuggestions(input, list, onChosen) {
  let timer;
  let asked = 0;
  let active = -1;

  const options = () => [...list.children];
  const close = () => {
    asked++; // an answer that is still under way opens nothing
    clearTimeout(timer);
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (text) => {
    input.value = text;
    close();
    onChosen();
  };
  const activate = (place) => {
    active = place;
    options().forEach((option, n) => option.setAttribute("aria-selected", String(n === active)));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options()[active].id);
  };
  const show = (suggestions) => {
    const items = suggestions.map(({ kind, text, release_year: year }, n) =>
      element(
        "li",
        { role: "option", id: `suggestion-${n}`, "aria-selected": "false", pointerdown: (e) => (e.preventDefault(), choose(text)) },
        element("span", {}, text, year ? element("small", {}, ` ${year}`) : null),
        element("small", {}, kind),
      ),
    );
    list.replaceChildren(...items);
    active = -1;
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(items.length > 0));
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    const prefix = input.value.trim();
    if (!prefix) return close();
    const number = ++asked;
    timer = setTimeout(async () => {
      const found = await suggest(prefix).catch(() => []); // a search works without them
      if (number === asked) show(found);
    }, PAUSE);
  });
  input.addEventListener("keydown", (key) => {
    const count = list.hidden ? 0 : options().length;
    if (key.key === "Escape" && count) close();
    else if (key.key === "ArrowDown" && count) activate((active + 1) % count);
    else if (key.key === "ArrowUp" && count) activate((active <= 0 ? count : active) - 1);
    else if (key.key === "Enter" && active >= 0) choose(options()[active].firstChild.firstChild.data);
    else return;
    key.preventDefault();
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
}
