"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll("#cards > .card")].map((element) => ({
    element,
    name: element.querySelector("h3").textContent,
    words: null,
  }));
  const genes = [...document.querySelectorAll(".genes > .card")];
  const picked = new Set();
  let onlyPicked = false;

  const make = (name, words, attributes = {}) => {
    const element = document.createElement(name);
    element.textContent = words;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // Search and filters

  const wordsOf = (card) => (card.words ??= card.element.textContent.toLowerCase());
  const holds = (card, by, value) => (card.element.dataset[by] ?? "").split("|").includes(value);
  const named = (card, query) => card.name.toLowerCase().includes(query);
  const found = (card, query, byName) =>
    byName ? named(card, query) : query.split(/\s+/).every((word) => wordsOf(card).includes(word));
  const fits = (card, query, byName, choices) =>
    found(card, query, byName) &&
    choices.every(([by, value]) => holds(card, by, value)) &&
    (!onlyPicked || picked.has(card.name));

  const filter = () => {
    const query = byId("find").value.trim().toLowerCase();
    const byName = cards.some((card) => named(card, query)); // a drug's name goes before words in the text
    const choices = [...document.querySelectorAll("#tools select")].filter((one) => one.value).map((one) => [one.dataset.by, one.value]);
    let shown = 0;
    for (const card of cards) {
      const fit = fits(card, query, byName, choices);
      card.element.hidden = !fit;
      shown += fit;
    }
    const limited = onlyPicked ? " of my drugs" : "";
    byId("shown").textContent = `${shown} of ${cards.length} drugs shown${limited}`;
    byId("no-card").hidden = shown > 0;
    labelExpand();
  };

  const visible = () => cards.filter((card) => !card.element.hidden);
  const allOpen = () => visible().length > 0 && visible().every((card) => card.element.open);
  const labelExpand = () => {
    byId("expand").textContent = allOpen() ? "Collapse all" : "Expand all";
  };
  const toggleAll = () => {
    const open = !allOpen();
    for (const card of visible()) card.element.open = open;
    labelExpand();
  };

  // My drugs

  const find = (name) => {
    const wanted = name.trim().toLowerCase();
    const starting = cards.filter((card) => card.name.toLowerCase().startsWith(wanted));
    return cards.find((card) => card.name.toLowerCase() === wanted) ?? (starting.length === 1 ? starting[0] : undefined);
  };

  const row = (card) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    name.append(make("a", card.name, { href: `#${card.element.querySelector(".body").id}` }));
    const remove = make("button", "Remove", { type: "button", "aria-label": `Remove ${card.name}` });
    remove.addEventListener("click", () => drop(card, item));
    const todo = make("span", card.element.querySelector("summary .todo").textContent);
    item.append(card.element.querySelector(".pill").cloneNode(true), name, todo, remove);
    return item;
  };

  const say = (words) => {
    byId("mine-said").textContent = words;
  };

  const pickedChanged = () => {
    byId("mine").classList.toggle("used", picked.size > 0);
    byId("mine-only").hidden = picked.size === 0;
    if (picked.size === 0) onlyPicked = false;
    byId("mine-only").setAttribute("aria-pressed", String(onlyPicked));
    filter();
  };

  const drop = (card, item) => {
    picked.delete(card.name);
    item.remove();
    say(`${card.name} removed.`);
    pickedChanged();
    byId("mine-input").focus();
  };

  const pick = (event) => {
    event.preventDefault();
    const input = byId("mine-input");
    if (!input.value.trim()) return;
    const card = find(input.value);
    if (!card) {
      say(`“${input.value.trim()}” is not in this report.`);
      return;
    }
    if (!picked.has(card.name)) {
      picked.add(card.name);
      byId("mine-list").append(row(card));
    }
    say(`${card.name}: ${card.element.querySelector(".pill").textContent}.`);
    input.value = "";
    pickedChanged();
  };

  // Copy a card as text

  const BLOCKS = "h3, h4, p, dl > div, li, .todo";
  const cardText = (card) => {
    const lines = [`${byId("who").textContent}, ${document.querySelector(".who dd").textContent}`];
    const summary = card.querySelector("summary");
    lines.push([...summary.children].map((part) => part.textContent.trim()).filter(Boolean).join(" | "));
    for (const block of card.querySelectorAll(".body :is(h3, h4, p, dl > div, li)")) {
      if (block.parentElement.closest(BLOCKS) && block.closest(".body").contains(block.parentElement.closest(BLOCKS))) continue;
      const parts = block.matches("div") ? [...block.children] : [block];
      const words = parts.map((part) => part.textContent.trim()).join(": ");
      lines.push(block.matches("h4") ? `\n${words}` : words);
    }
    return `${lines.filter(Boolean).join("\n")}\n`;
  };

  const copyOldWay = (words) => {
    const area = make("textarea", words);
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  const copy = async (card, button) => {
    const words = cardText(card);
    let done = true;
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      done = copyOldWay(words);
    }
    button.textContent = done ? "Copied" : "Not allowed by the browser";
    button.focus();
    setTimeout(() => (button.textContent = "Copy as text"), 2500);
  };

  const addCopy = (card) => {
    if (card.querySelector(".copy")) return;
    const button = make("button", "Copy as text", { type: "button", class: "copy" });
    button.addEventListener("click", () => copy(card, button));
    card.querySelector(".body").append(button);
  };

  // A link to a card opens it

  const openTarget = () => {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    const card = target && target.closest("details");
    if (!card) return;
    card.hidden = false;
    card.open = true;
    card.scrollIntoView();
    card.querySelector("summary").focus({ preventScroll: true });
  };

  const printFirst = () => {
    document.body.classList.add("only-first");
    addEventListener("afterprint", () => document.body.classList.remove("only-first"), { once: true });
    print();
  };

  const start = () => {
    byId("tools").hidden = byId("mine").hidden = byId("printing").hidden = false;
    byId("mine-names").append(...cards.map((card) => make("option", "", { value: card.name })));
    byId("tools").addEventListener("input", filter);
    byId("tools").addEventListener("submit", (event) => event.preventDefault());
    byId("tools").addEventListener("reset", () => setTimeout(filter));
    byId("expand").addEventListener("click", toggleAll);
    byId("mine-form").addEventListener("submit", pick);
    byId("mine-only").addEventListener("click", () => {
      onlyPicked = !onlyPicked;
      pickedChanged();
    });
    byId("print-all").addEventListener("click", () => print());
    byId("print-first").addEventListener("click", printFirst);
    for (const element of [...cards.map((card) => card.element), ...genes]) {
      element.addEventListener("toggle", () => {
        if (element.open) addCopy(element);
        labelExpand();
      });
    }
    addEventListener("hashchange", openTarget);
    filter();
    openTarget();
  };

  start();
})();
