// One select for all of Slack's menus: type to narrow, arrows to move, Enter to choose; one value or several.

import { el, uid } from "./dom.js";
import { place } from "./layers.js";

/**
 * An option is {key, label, note?, raw}; a group is {label, options}.
 * `load(query)` answers groups; `change(options)` may refuse by answering false, and the old choice comes back.
 */
export function combobox({
  id,
  aria,
  dataKey,
  placeholder,
  multiple = false,
  clearable = false,
  chosen,
  load,
  minQuery = 0,
  max = Infinity,
  change,
}) {
  const listId = uid("list");
  const input = el("input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    placeholder,
    dataset: { key: dataKey },
    ...aria,
  });
  const chips = el("span", { class: "chips" });
  const clear = el("button", {
    type: "button",
    class: "combo-clear",
    "aria-label": "Clear",
    text: "×",
    tabindex: "-1",
  });
  const root = el(
    "div",
    { class: `combo${multiple ? " combo-multi" : ""}` },
    chips,
    input,
    clear,
    el("span", { class: "combo-arrow", "aria-hidden": "true" }),
  );
  const box = { root, input, chips, clear, listId, chosen, options: [], active: -1, list: null, asked: 0 };

  const show = () => {
    input.value = multiple ? "" : (box.chosen[0]?.label ?? "");
    if (multiple) input.placeholder = box.chosen.length ? "" : (placeholder ?? "");
    chips.replaceChildren(
      ...(multiple
        ? box.chosen.map((option) => chip(option, () => commit(box.chosen.filter((other) => other !== option))))
        : []),
    );
    clear.hidden = !(clearable && !multiple && box.chosen.length);
  };
  const commit = async (next) => {
    const before = box.chosen;
    box.chosen = next;
    show();
    if ((await change(next)) === false) {
      box.chosen = before;
      show();
    }
  };
  const pick = (option) => {
    const has = box.chosen.some((other) => other.key === option.key);
    let next = [option];
    if (multiple && has) next = box.chosen.filter((other) => other.key !== option.key);
    else if (multiple) next = box.chosen.length < max ? [...box.chosen, option] : box.chosen;
    if (!multiple) shut(box);
    commit(next);
    if (multiple) refresh("");
  };
  const refresh = async (query) => {
    box.asked += 1;
    const turn = box.asked;
    if (!box.list) unfold(box, () => shut(box));
    if (query.length < minQuery) {
      note(box, minQuery === 1 ? "Type to search" : `Type ${minQuery} letters to search`);
      return;
    }
    let groups;
    try {
      groups = await load(query);
    } catch (problem) {
      if (turn === box.asked) note(box, problem.message);
      return;
    }
    // A slower answer to an earlier query must not replace a newer one.
    if (turn === box.asked && box.list) fillList(box, groups, pick);
  };

  wire(box, { refresh, pick, show, multiple, commit });
  clear.addEventListener("click", () => {
    commit([]);
    input.focus();
  });
  show();
  return { root, input };
}

function chip(option, drop) {
  return el(
    "span",
    { class: "chip" },
    el("span", { dir: "auto", text: option.label }),
    el("button", { type: "button", class: "chip-x", "aria-label": `Remove ${option.label}`, text: "×", onclick: drop }),
  );
}

function unfold(box, close) {
  box.list = el("div", {
    id: box.listId,
    class: "popup listbox",
    role: "listbox",
    "aria-label": box.input.getAttribute("aria-label") ?? "Options",
  });
  box.list.addEventListener("pointerdown", (event) => event.preventDefault());
  document.getElementById("layers").append(box.list);
  box.input.setAttribute("aria-expanded", "true");
  box.follow = () => (box.root.isConnected ? place(box.list, box.root, { matchWidth: true }) : close());
  window.addEventListener("resize", box.follow);
  document.addEventListener("scroll", box.follow, true);
  place(box.list, box.root, { matchWidth: true });
}

function shut(box) {
  box.asked += 1;
  box.list?.remove();
  box.list = null;
  box.options = [];
  box.active = -1;
  box.input.setAttribute("aria-expanded", "false");
  box.input.removeAttribute("aria-activedescendant");
  if (box.follow) {
    window.removeEventListener("resize", box.follow);
    document.removeEventListener("scroll", box.follow, true);
  }
}

function note(box, text) {
  if (!box.list) return;
  box.options = [];
  box.list.replaceChildren(el("div", { class: "list-note", role: "presentation", text }));
  place(box.list, box.root, { matchWidth: true });
}

function fillList(box, groups, pick) {
  box.options = [];
  const rows = groups.flatMap((group) => {
    const options = group.options.map((option) => {
      const picked = box.chosen.some((other) => other.key === option.key);
      const row = el(
        "div",
        { id: uid("option"), class: "option", role: "option", "aria-selected": String(picked) },
        el("span", { dir: "auto", text: option.label }),
        option.note ? el("span", { class: "option-note", dir: "auto", text: option.note }) : null,
      );
      row.addEventListener("click", () => pick(option));
      box.options.push({ option, row });
      return row;
    });
    return group.label && options.length
      ? [el("div", { class: "list-group", role: "presentation", text: group.label }), ...options]
      : options;
  });
  if (!rows.length) {
    note(box, "No results");
    return;
  }
  box.list.replaceChildren(...rows);
  const picked = box.options.findIndex(({ row }) => row.getAttribute("aria-selected") === "true");
  highlight(box, Math.max(0, picked));
  place(box.list, box.root, { matchWidth: true });
}

function highlight(box, at) {
  box.options[box.active]?.row.classList.remove("option-active");
  box.active = box.options.length ? (at + box.options.length) % box.options.length : -1;
  const row = box.options[box.active]?.row;
  if (!row) return;
  row.classList.add("option-active");
  row.scrollIntoView({ block: "nearest" });
  box.input.setAttribute("aria-activedescendant", row.id);
}

function wire(box, { refresh, pick, show, multiple, commit }) {
  const { input, root } = box;
  root.addEventListener("pointerdown", (event) => {
    if (event.target === input || event.target.closest("button")) return;
    event.preventDefault();
    input.focus();
    refresh("");
  });
  input.addEventListener("click", () => {
    input.select();
    if (!box.list) refresh("");
  });
  input.addEventListener("input", () => refresh(input.value.trim()));
  input.addEventListener("blur", () => {
    shut(box);
    show();
  });
  input.addEventListener("keydown", (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) {
      event.preventDefault();
      if (box.list) highlight(box, box.active + move);
      else refresh("");
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (box.list && box.options[box.active]) pick(box.options[box.active].option);
      else if (!box.list) refresh("");
    } else if (event.key === "Escape" && box.list) {
      // The list closes; the dialog it stands in stays.
      event.preventDefault();
      event.stopPropagation();
      shut(box);
      show();
    } else if (event.key === "Backspace" && multiple && input.value === "" && box.chosen.length) {
      commit(box.chosen.slice(0, -1));
    }
  });
}
