// Tables: `table` as it is, `data_table` with sorting and pages.

import { el } from "./dom.js";
import { appendText } from "./emoji.js";
import { richText } from "./richtext.js";

function cellInto(parent, cell) {
  if (!cell) return parent;
  if (cell.type === "rich_text") parent.append(richText(cell));
  else appendText(parent, String(cell.text ?? cell.value ?? ""), { names: false });
  return parent;
}

function cellText(cell) {
  const holder = el("span");
  return cellInto(holder, cell).textContent;
}

function scroller(table, label) {
  return el("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": label }, table);
}

/** The `table` block: the first row reads as its header. */
export function table(block) {
  const settings = block.column_settings ?? [];
  const styleOf = (column) =>
    `${settings[column]?.align ? ` align-${settings[column].align}` : ""}${settings[column]?.is_wrapped ? " wrapped" : ""}`;
  const [head = [], ...body] = block.rows ?? [];
  const line = (tag, cells, props) =>
    el(
      "tr",
      {},
      cells.map((cell, column) => cellInto(el(tag, { class: `cell${styleOf(column)}`, dir: "auto", ...props }), cell)),
    );
  return scroller(
    el(
      "table",
      { class: "grid" },
      el("thead", {}, line("th", head, { scope: "col" })),
      el(
        "tbody",
        {},
        body.map((cells) => line("td", cells, {})),
      ),
    ),
    "Table",
  );
}

function compare(left, right) {
  const numbers = [left, right].map((cell) => (cell?.type === "raw_number" ? cell.value : Number.NaN));
  if (numbers.every((value) => Number.isFinite(value))) return numbers[0] - numbers[1];
  return cellText(left).localeCompare(cellText(right), "en", { numeric: true, sensitivity: "base" });
}

/** The `data_table` block: caption, sort by any column, `page_size` rows at a time. */
export function dataTable(block) {
  const [head = [], ...rows] = block.rows ?? [];
  const size = block.page_size ?? 5;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const view = { column: null, down: false, page: 0 };
  const body = el("tbody");
  const headings = head.map((cell, column) =>
    el(
      "th",
      { scope: "col", "aria-sort": "none", class: rows[0]?.[column]?.type === "raw_number" ? "align-right" : null },
      cellInto(el("button", { type: "button", class: "sort-button", onclick: () => sortBy(column) }), cell),
    ),
  );
  const count = el("span", { class: "pager-count", "aria-live": "polite" });
  const step = (label, sign, by) =>
    el("button", {
      type: "button",
      class: "btn btn-quiet",
      "aria-label": label,
      text: sign,
      onclick: () => {
        view.page = Math.min(pages - 1, Math.max(0, view.page + by));
        draw();
      },
    });
  const back = step("Previous page", "‹", -1);
  const next = step("Next page", "›", 1);

  function sortBy(column) {
    view.down = view.column === column ? !view.down : false;
    view.column = column;
    view.page = 0;
    draw();
  }

  function draw() {
    const sorted =
      view.column === null
        ? rows
        : [...rows].sort((left, right) => compare(left[view.column], right[view.column]) * (view.down ? -1 : 1));
    const from = view.page * size;
    body.replaceChildren(
      ...sorted.slice(from, from + size).map((cells) =>
        el(
          "tr",
          {},
          cells.map((cell, column) =>
            cellInto(
              el(column === (block.row_header_column_index ?? -1) ? "th" : "td", {
                dir: "auto",
                scope: column === (block.row_header_column_index ?? -1) ? "row" : null,
                class: cell?.type === "raw_number" ? "align-right" : null,
              }),
              cell,
            ),
          ),
        ),
      ),
    );
    headings.forEach((heading, column) =>
      heading.setAttribute("aria-sort", view.column !== column ? "none" : view.down ? "descending" : "ascending"),
    );
    count.textContent = `${from + 1}–${Math.min(from + size, rows.length)} of ${rows.length}`;
    back.disabled = view.page === 0;
    next.disabled = view.page === pages - 1;
  }

  draw();
  const caption = String(block.caption ?? "");
  return el(
    "div",
    { class: "data-table" },
    scroller(
      el(
        "table",
        { class: "grid" },
        el("caption", { dir: "auto", text: caption }),
        el("thead", {}, el("tr", {}, headings)),
        body,
      ),
      caption || "Table",
    ),
    pages > 1 ? el("div", { class: "pager" }, back, count, next) : null,
  );
}
