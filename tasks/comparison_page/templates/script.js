"use strict";
// Sorting, filtering and paging of the tables. Without it the page shows every row and all else works.
const STEP = 50;
document.documentElement.classList.add("js");

for (const holder of document.querySelectorAll("[data-table]")) {
  const body = holder.querySelector("tbody");
  const rows = [...body.rows];
  const search = holder.querySelector("input[type=search]");
  const chips = [...holder.querySelectorAll("button.chip")];
  const more = holder.querySelector(".more");
  const result = holder.querySelector(".result");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLocaleLowerCase()]));
  let limit = STEP;

  const wanted = (row) => {
    const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const on = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.flag);
    const flags = row.dataset.flags.split(" ");
    return words.every((word) => texts.get(row).includes(word)) && (!on.length || on.some((flag) => flags.includes(flag)));
  };
  const show = () => {
    let found = 0;
    for (const row of body.rows) {
      const fits = wanted(row);
      if (fits) found += 1;
      row.hidden = !fits || found > limit;
    }
    const seen = Math.min(found, limit);
    result.textContent = found === rows.length && seen === found ? `${found} shown` : `${seen} of ${found} shown`;
    more.hidden = found <= limit;
    more.textContent = `Show ${Math.min(STEP * 4, found - limit)} more`;
  };
  const again = () => { limit = STEP; show(); };

  search.addEventListener("input", again);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      again();
    });
  }
  more.addEventListener("click", () => { limit += STEP * 4; show(); });

  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
  holder.querySelectorAll("th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const sorted = rows.slice().sort((a, b) => compare(value(a), value(b)) * (down ? -1 : 1));
      body.append(...sorted);
      show();
    });
  });
  show();
}

// A slash goes to the search field of the table that is nearest to the top of the window.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  const fields = [...document.querySelectorAll("details[open] input[type=search]")];
  const near = fields.find((field) => field.getBoundingClientRect().top > 40) ?? fields.at(-1);
  if (near) { event.preventDefault(); near.focus(); }
});

// A link to a closed part opens it.
const open = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") target.open = true;
};
window.addEventListener("hashchange", open);
open();
window.addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("details")) part.open = true; });
