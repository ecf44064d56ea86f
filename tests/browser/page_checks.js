"use strict";
// Runs at the end of the report's page and leaves what it found in <pre id="findings">.
(function () {
  const failed = [];
  let passed = 0;

  function check(holds, what) {
    if (holds) passed += 1;
    else failed.push(what);
  }

  function column(table, index) {
    return Array.from(table.tBodies[0].rows).map(function (row) {
      const cell = row.cells[index];
      return cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim();
    });
  }

  function isSorted(values, direction) {
    const numbers = values.filter(function (value) { return value !== ""; }).map(Number);
    return numbers.every(function (value, i) { return i === 0 || direction * (value - numbers[i - 1]) >= 0; });
  }

  function links() {
    const all = document.querySelectorAll("a[href]");
    check(all.length > 100, "there are links");
    all.forEach(function (link) {
      const href = link.getAttribute("href");
      check(href.startsWith("#") && document.getElementById(href.slice(1)) !== null, "link " + href + " resolves");
    });
    const ids = Array.from(document.querySelectorAll("[id]")).map(function (element) { return element.id; });
    check(new Set(ids).size === ids.length, "ids are there once");
  }

  function nothingForeign() {
    check(document.querySelectorAll("img[onerror]").length === 0, "no image came from a name");
    check(document.querySelectorAll("script[src], link[href], iframe, object").length === 0, "nothing is fetched");
    document.querySelectorAll("img").forEach(function (image) {
      check(image.src.startsWith("data:image/"), "images are embedded");
      check(image.complete && image.naturalWidth > 0, "image " + image.alt + " is drawn");
    });
    check(document.querySelectorAll("img").length === 1, "the figure is there");
    check(document.body.textContent.includes("<\/script><img src=x onerror=alert(1)>\"'&"), "names are shown as they are");
  }

  function sorting() {
    const table = document.querySelectorAll("table.sortable")[1];
    const headers = Array.from(table.tHead.rows[0].cells);
    const index = headers.findIndex(function (header) { return header.textContent.includes("final training loss"); });
    check(index >= 0, "the data table has losses");
    const button = headers[index].querySelector("button");
    check(button !== null && button.tabIndex === 0, "the header can be reached by the keyboard");
    const rows = table.tBodies[0].rows.length;
    check(rows === 4, "the data table has its rows");
    button.click();
    check(isSorted(column(table, index), 1), "a click sorts ascending");
    check(headers[index].getAttribute("aria-sort") === "ascending", "aria-sort says ascending");
    const least = column(table, index)[0];
    button.click();
    check(isSorted(column(table, index), -1), "a second click sorts descending");
    check(headers[index].getAttribute("aria-sort") === "descending", "aria-sort says descending");
    check(column(table, index)[rows - 1] === least && least !== column(table, index)[0], "the order was turned");
    headers[1].querySelector("button").click();
    check(!headers[index].hasAttribute("aria-sort"), "only one column is sorted");
    headers.forEach(function (header) {
      check(header.querySelector(".printed").textContent === header.querySelector("button").textContent,
        "a printed header says what its button says");
    });
    check(table.tBodies[0].rows.length === rows, "no row was lost");
  }

  function filtering() {
    const shown = function () { return document.querySelectorAll("#claims-table tbody tr:not([hidden])").length; };
    const all = shown();
    const button = document.querySelector('.filter button[data-verdict="not run"]');
    button.click();
    check(shown() > 0 && shown() < all, "claims are shown by verdict");
    check(button.getAttribute("aria-pressed") === "true", "the button says so");
    document.querySelector('.filter button[data-verdict=""]').click();
    check(shown() === all, "all claims are back");
  }

  function layout() {
    check(document.documentElement.scrollWidth <= window.innerWidth, "the page is no wider than the window");
    check(document.querySelector('meta[name="viewport"]') !== null, "there is a viewport");
    document.querySelectorAll("table").forEach(function (table) {
      check(getComputedStyle(table.parentElement).overflowX === "auto", "tables scroll in a box of their own");
    });
  }

  // The page was opened at a run's id.
  function revealing() {
    const folds = Array.from(document.querySelectorAll("td details"));
    const target = document.getElementById(location.hash.slice(1));
    check(target !== null && target.closest("details").open, "a link to a run opens what hides it");
    check(folds.filter(function (fold) { return fold.open; }).length === 1, "and nothing else");
  }

  function finish() {
    window.caught.forEach(function (message) { failed.push("script error: " + message); });
    const findings = document.createElement("pre");
    findings.id = "findings";
    findings.textContent = JSON.stringify({ passed: passed, failed: failed, width: window.innerWidth });
    document.body.appendChild(findings);
  }

  window.addEventListener("load", function () {
    try {
      links();
      nothingForeign();
      sorting();
      filtering();
      layout();
      revealing();
    } catch (error) {
      failed.push(String(error));
    }
    finish();
  });
})();
