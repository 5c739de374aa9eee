// What stands in front of the workspace: dialogs, which keep the focus, and small pop-ups beside what opened them.

import { el, focusable, trapTab, uid } from "./dom.js";

const open = [];

function app() {
  return document.getElementById("app");
}

function layers() {
  return document.getElementById("layers");
}

function refreshInert() {
  app().inert = open.length > 0;
  open.forEach((dialog, index) => {
    dialog.backdrop.inert = index < open.length - 1;
  });
}

/** Show a dialog. `close()` is what Escape, the × and a click outside ask for; it decides and then calls `remove`. */
export function openDialog({ title, body, footer = null, close, wide = false, role = "dialog", icon = null }) {
  const id = uid("dialog");
  const returnTo = document.activeElement;
  const heading = el("h2", { id, class: "dialog-title", dir: "auto" }, title);
  const shut = el("button", {
    type: "button",
    class: "icon-button dialog-x",
    "aria-label": "Close",
    text: "×",
    onclick: () => close("x"),
  });
  const content = el("div", { class: "dialog-body", tabindex: "-1" }, body);
  const box = el(
    "div",
    { class: `dialog${wide ? " dialog-wide" : ""}`, role, "aria-modal": "true", "aria-labelledby": id },
    el("header", { class: "dialog-head" }, icon, heading, shut),
    content,
    footer,
  );
  const backdrop = el("div", { class: "backdrop" }, box);
  const handle = { backdrop, box, heading, content, returnTo };
  backdrop.addEventListener("keydown", (event) => {
    trapTab(event, box);
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    close("escape");
  });
  open.push(handle);
  layers().append(backdrop);
  refreshInert();
  handle.remove = () => removeDialog(handle);
  return handle;
}

function removeDialog(handle) {
  const at = open.indexOf(handle);
  if (at < 0) return;
  open.splice(at, 1);
  handle.backdrop.remove();
  refreshInert();
  if (handle.returnTo?.isConnected) handle.returnTo.focus();
  else document.getElementById("composer-main")?.focus();
}

/** Give the focus to the field the view asks for, else its first input, else its first button. */
export function focusFirst(handle, preferred = null) {
  const inputs = focusable(handle.content);
  (
    preferred ??
    inputs[0] ??
    focusable(handle.box).find((node) => !node.classList.contains("dialog-x")) ??
    handle.content
  ).focus();
}

/** A yes-or-no question with Slack's confirm object's four texts, already nodes or strings. Resolves to a boolean. */
export function ask({ title, text, confirm, deny, danger = false }) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      handle.remove();
      resolve(answer);
    };
    const yes = el(
      "button",
      { type: "button", class: `btn ${danger ? "btn-danger" : "btn-primary"}`, onclick: () => finish(true) },
      confirm,
    );
    const no = el("button", { type: "button", class: "btn", onclick: () => finish(false) }, deny);
    const handle = openDialog({
      title,
      role: "alertdialog",
      body: el("div", { class: "confirm-text" }, text),
      footer: el("footer", { class: "dialog-foot" }, no, yes),
      close: () => finish(false),
    });
    yes.focus();
  });
}

/** Put `popup` beside `anchor`, inside the window. */
export function place(popup, anchor, { matchWidth = false, tallest = 320 } = {}) {
  const box = anchor.getBoundingClientRect();
  const margin = 8;
  if (matchWidth) popup.style.minWidth = `${box.width}px`;
  popup.style.maxWidth = `${window.innerWidth - 2 * margin}px`;
  const below = window.innerHeight - box.bottom - margin;
  const above = box.top - margin;
  const up = below < Math.min(popup.scrollHeight, 280) && above > below;
  popup.style.maxHeight = `${Math.max(120, Math.min(tallest, up ? above : below))}px`;
  const size = popup.getBoundingClientRect();
  popup.style.top = `${up ? box.top - size.height - 4 : box.bottom + 4}px`;
  popup.style.left = `${Math.max(margin, Math.min(box.left, window.innerWidth - size.width - margin))}px`;
}

/** A menu of commands. `items`: [{label (node or string), run, description?, checked?, danger?}]. */
export function openMenu(anchor, items, label) {
  const menu = el("div", { class: "popup menu", role: "menu", "aria-label": label });
  const close = (refocus = true) => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute("aria-expanded", "false");
    if (refocus && anchor.isConnected) anchor.focus();
  };
  const outside = (event) => {
    if (!menu.contains(event.target)) close(false);
  };
  const buttons = items.map((item) =>
    el(
      "button",
      {
        type: "button",
        class: `menu-item${item.danger ? " menu-danger" : ""}`,
        tabindex: "-1",
        role: item.checked === undefined ? "menuitem" : "menuitemradio",
        "aria-checked": item.checked === undefined ? null : String(item.checked),
        onclick: () => {
          close();
          item.run();
        },
      },
      el("span", { class: "menu-label" }, item.label),
      item.description ? el("span", { class: "menu-note" }, item.description) : null,
    ),
  );
  menu.append(...buttons);
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      buttons[(target + buttons.length) % buttons.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  layers().append(menu);
  place(menu, anchor, { tallest: 560 });
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  (buttons.find((button) => button.getAttribute("aria-checked") === "true") ?? buttons[0])?.focus();
}
