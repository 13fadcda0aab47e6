// Enhances what is already in the page: sorting, filtering, and a URL that remembers both.
// A classic script, so that it also runs in a page opened from disk. Without it every table is still whole.
(function () {
  "use strict";

  const tables = Array.from(document.querySelectorAll("table[data-enhance]"));
  const tools = document.querySelector("form[data-tools]");
  if (!tables.length || !tools) return;

  const filter = tools.querySelector("input");
  const status = tools.querySelector("[role=status]");
  const original = new Map();
  const sorting = new Map();

  for (const table of tables) {
    for (const body of table.tBodies) original.set(body, Array.from(body.rows));
    for (const head of table.querySelectorAll("th[data-key]")) addButton(table, head);
  }

  function addButton(table, head) {
    const label = head.querySelector(".label");
    const button = document.createElement("button");
    button.type = "button";
    button.append(...label.childNodes);
    label.append(button);
    button.addEventListener("click", function () {
      const now = head.getAttribute("aria-sort");
      const turned = now === "ascending" ? "descending" : "ascending";
      sort(table, head.dataset.key, now ? turned : head.dataset.first);
      remember();
    });
  }

  // Rows move inside their group only: a floor never mixes with models. What has no value stays last.
  function sort(table, key, direction) {
    const head = Array.from(table.querySelectorAll("th[data-key]")).find((each) => each.dataset.key === key);
    if (!head || (direction !== "ascending" && direction !== "descending")) return false;
    for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
    sorting.set(table, { key: key, direction: direction });
    const sign = direction === "ascending" ? 1 : -1;
    for (const body of table.tBodies) {
      const rows = original.get(body).map((row) => ({ row: row, value: value(row, Number(head.dataset.index)) }));
      rows.sort((a, b) => place(a) - place(b) || (place(a) === 1 ? sign * compare(a.value, b.value) : 0));
      body.append(...rows.map((each) => each.row));
    }
    return true;
  }

  function place(each) {
    if (each.row.classList.contains("group")) return 0;
    return each.value === "" ? 2 : 1;
  }

  function value(row, index) {
    const cell = row.cells[index];
    if (!cell) return "";
    const text = cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
    return text !== "" && isFinite(text) ? Number(text) : text;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  }

  function applyFilter() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0, total = 0;
    for (const [body, rows] of original) {
      let any = false;
      for (const row of rows.filter((each) => !each.classList.contains("group"))) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        any = any || !row.hidden;
        total += 1;
        shown += row.hidden ? 0 : 1;
      }
      body.hidden = !any;
    }
    return shown + " of " + total + " rows";
  }

  function say() {
    const orders = Array.from(sorting, ([table, order]) => "sorted by " + title(table, order.key) + ", " + order.direction);
    status.textContent = [applyFilter()].concat(orders).join("; ");
  }

  function title(table, key) {
    const head = Array.from(table.querySelectorAll("th[data-key]")).find((each) => each.dataset.key === key);
    return head.querySelector(".label").textContent.trim();
  }

  // ?q=words&sort=table:key:direction, the last once for every sorted table.
  function remember() {
    const query = new URLSearchParams();
    if (filter.value) query.set("q", filter.value);
    for (const [table, order] of sorting) query.append("sort", [table.id, order.key, order.direction].join(":"));
    const text = query.toString();
    history.replaceState(null, "", (text ? "?" + text : location.pathname) + location.hash);
    say();
  }

  function recall() {
    const query = new URLSearchParams(location.search);
    filter.value = query.get("q") || "";
    for (const entry of query.getAll("sort")) {
      const first = entry.indexOf(":"), last = entry.lastIndexOf(":");
      const table = tables.find((each) => each.id === entry.slice(0, first));
      if (table && first < last) sort(table, entry.slice(first + 1, last), entry.slice(last + 1));
    }
    say();
  }

  function reset() {
    for (const [body, rows] of original) body.append(...rows);
    for (const head of document.querySelectorAll("th[aria-sort]")) head.removeAttribute("aria-sort");
    sorting.clear();
    filter.value = "";
    remember();
  }

  filter.addEventListener("input", remember);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("reset", (event) => { event.preventDefault(); reset(); });
  tools.hidden = false;
  recall();
})();
