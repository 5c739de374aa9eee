// Short notices in the corner: errors stay until they are read, the rest goes by itself.

import { el } from "./dom.js";

const STAY_MS = 6000;
const MOST = 3;

/** `action`: {label, run}, a button in the toast. */
export function toast(text, { error = false, action = null } = {}) {
  const region = document.getElementById("toasts");
  for (const other of region.children) if (other.dataset.text === text) other.remove();
  const node = el(
    "div",
    { class: `toast${error ? " toast-error" : ""}`, role: error ? "alert" : "status", dataset: { text } },
    el("span", { text }),
    action
      ? el("button", {
          type: "button",
          class: "link-button",
          text: action.label,
          onclick: () => {
            node.remove();
            action.run();
          },
        })
      : null,
    el("button", {
      type: "button",
      class: "icon-button",
      "aria-label": "Dismiss",
      text: "×",
      onclick: () => node.remove(),
    }),
  );
  region.append(node);
  while (region.children.length > MOST) region.firstChild.remove();
  if (!error) setTimeout(() => node.remove(), STAY_MS);
}
