// The pane on the right: one message and its replies.

import { composer } from "./composer.js";
import { el } from "./dom.js";
import { MessageList } from "./messages.js";
import { channelName, isDm } from "./world.js";

export class ThreadPane {
  #list = null;
  #open = null;

  constructor(app, root) {
    this.app = app;
    this.root = root;
  }

  /** Draw the pane for `ts` in `channel`; null closes it. */
  open(channel, ts) {
    const key = ts ? `${this.app.view.as} ${channel} ${ts}` : null;
    if (key === this.#open) return;
    this.#open = key;
    this.root.hidden = !ts;
    if (!ts) {
      this.root.replaceChildren();
      this.#list = null;
      return;
    }
    const place = isDm(channel) ? "winback" : `#${channelName(channel)}`;
    const scroll = el("div", { class: "messages", role: "log", "aria-label": "Thread messages", tabindex: "0" });
    this.#list = new MessageList(this.app, scroll, { inThread: true });
    this.root.replaceChildren(
      el(
        "header",
        { class: "main-head" },
        el("div", { class: "main-title" }, el("h2", { text: "Thread" }), el("p", { class: "topic", text: place })),
        el("button", {
          type: "button",
          class: "icon-button",
          "aria-label": "Close thread",
          text: "×",
          onclick: () => this.app.closeThread(),
        }),
      ),
      scroll,
      composer(this.app, { channel, thread: ts, label: "Reply…" }),
    );
    this.root.querySelector("textarea").focus();
  }

  show(channel, messages) {
    this.#list?.show(channel, messages);
  }

  redraw() {
    this.#open = null;
  }
}
