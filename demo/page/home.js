// The bot's own place: App Home and the direct messages with it, as two tabs.

import { renderBlocks } from "./blocks.js";
import { el, keepingFocus } from "./dom.js";
import { FormState } from "./form.js";
import { emptyPlace } from "./messages.js";
import { surface } from "./surface.js";

const TABS = [
  ["home", "Home"],
  ["messages", "Messages"],
];

/** Head of the app's place with its tabs; arrow keys move between them. */
export function appHead(app, dm) {
  const tab = ([key, label]) => {
    const here = app.view.tab === key;
    return el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${key}`,
        class: `tab${here ? " tab-here" : ""}`,
        "aria-selected": String(here),
        "aria-controls": "main-panel",
        tabindex: here ? "0" : "-1",
        onclick: () => app.go({ tab: key }),
      },
      label,
      key === "messages" && dm.unread
        ? el("span", { class: "unread", text: String(dm.unread === true ? 1 : dm.unread) })
        : null,
    );
  };
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": "winback" }, TABS.map(tab));
  list.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    app.go({ tab: app.view.tab === "home" ? "messages" : "home" });
    document.getElementById(`tab-${app.view.tab}`)?.focus();
  });
  return el(
    "header",
    { class: "main-head main-head-app" },
    el(
      "div",
      { class: "main-title" },
      el("h1", {}, dm.user.real_name || dm.user.name, el("span", { class: "badge", text: "APP" })),
    ),
    list,
  );
}

/** App Home: what the bot published for this person. */
export class HomeTab {
  #shown = null;
  #forms = new Map();

  constructor(app, root) {
    this.app = app;
    this.root = root;
  }

  reset() {
    this.#shown = null;
    this.root.replaceChildren();
  }

  show(view) {
    const mark = JSON.stringify(view);
    if (mark === this.#shown) return;
    this.#shown = mark;
    if (!view) {
      this.root.replaceChildren(
        emptyPlace("Nothing to show yet", "winback fills this page as soon as it runs and knows you."),
      );
      return;
    }
    const id = view.id ?? view.view_id;
    if (!this.#forms.has(id)) this.#forms.set(id, new FormState());
    const ctx = surface(this.app, { view_id: id }, this.#forms.get(id));
    keepingFocus(this.root, () =>
      this.root.replaceChildren(el("div", { class: "home" }, renderBlocks(view.blocks ?? [], ctx))),
    );
  }
}
