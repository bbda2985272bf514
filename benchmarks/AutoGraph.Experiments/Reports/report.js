// A click on a column's name sorts its table by that column, a second one the other way round; empty cells stay last.
"use strict";
for (const table of document.querySelectorAll("table")) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => header.querySelector("button").addEventListener("click", () => {
    const direction = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const sign = direction === "ascending" ? 1 : -1;
    headers.forEach(other => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", direction);
    const key = row => {
      const cell = row.cells[column];
      return { text: cell.textContent.trim(), value: cell.dataset.value === undefined ? null : Number(cell.dataset.value) };
    };
    const compare = (a, b) => {
      if ((a.text === "") !== (b.text === "")) return a.text === "" ? 1 : -1;
      if ((a.value === null) !== (b.value === null)) return a.value === null ? 1 : -1;
      return sign * (a.value === null ? a.text.localeCompare(b.text) : a.value - b.value);
    };
    const body = table.tBodies[0];
    body.append(...[...body.rows].map(row => ({ row, key: key(row) })).sort((a, b) => compare(a.key, b.key)).map(entry => entry.row));
  }));
}
