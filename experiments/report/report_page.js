"use strict";
// Sorts tables by their headers' buttons and shows claims by verdict. Without it the page shows everything.
(function () {
  document.documentElement.classList.add("script");

  function keyOf(row, column) {
    const cell = row.cells[column];
    const key = cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim();
    const number = Number(key);
    return { text: key, number: key !== "" && !Number.isNaN(number) ? number : null };
  }

  // Empty cells are last in both directions, numbers come before texts.
  function compare(a, b, direction) {
    if ((a.text === "") !== (b.text === "")) return a.text === "" ? 1 : -1;
    if (a.number !== null && b.number !== null) return direction * (a.number < b.number ? -1 : a.number > b.number ? 1 : 0);
    if ((a.number === null) !== (b.number === null)) return direction * (a.number === null ? 1 : -1);
    return direction * a.text.localeCompare(b.text, "en", { numeric: true });
  }

  function sort(table, column) {
    const headers = Array.from(table.tHead.rows[0].cells);
    const descending = headers[column].getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).map(function (row, place) {
      return { row: row, place: place, key: keyOf(row, column) };
    });
    rows.sort(function (a, b) { return compare(a.key, b.key, descending ? -1 : 1) || a.place - b.place; });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
    headers.forEach(function (header, index) {
      if (index === column) header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    });
  }

  document.querySelectorAll("table.sortable").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (header, column) {
      const button = document.createElement("button"), printed = document.createElement("span");
      button.type = "button";
      button.title = "sort by this column";
      button.textContent = printed.textContent = header.textContent;
      // Headers that a printer repeats on every page lose their buttons there.
      printed.className = "printed";
      header.replaceChildren(button, printed);
      button.addEventListener("click", function () { sort(table, column); });
    });
  });

  const filters = document.querySelectorAll(".filter button");
  filters.forEach(function (button) {
    button.addEventListener("click", function () {
      filters.forEach(function (other) { other.setAttribute("aria-pressed", String(other === button)); });
      document.querySelectorAll("#claims-table tbody tr").forEach(function (row) {
        row.hidden = button.dataset.verdict !== "" && row.dataset.verdict !== button.dataset.verdict;
      });
    });
  });

  // A link to a run's id opens what hides it.
  function reveal() {
    const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    for (let place = target; place; place = place.parentElement) {
      if (place.tagName === "DETAILS") place.open = true;
      if (place.tagName === "TR") place.hidden = false;
    }
    if (target) target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
