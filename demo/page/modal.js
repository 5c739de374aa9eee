// The bot's modals: a stack of views of which the top one is shown; what was typed below is still there on the way back.

import { focusOnLoad, renderBlocks, showErrors } from "./blocks.js";
import { el, keepingFocus } from "./dom.js";
import { FormState } from "./form.js";
import { focusFirst, openDialog } from "./layers.js";
import { avatar } from "./message.js";
import { plain, textNode } from "./mrkdwn.js";
import { surface } from "./surface.js";
import { problems } from "./validate.js";
import { world } from "./world.js";

export class Modals {
  #forms = new Map();
  #dialog = null;
  #top = null;

  constructor(app) {
    this.app = app;
  }

  /** Follow the server's stack: [{view_id, hash, view}], bottom first. */
  show(stack) {
    const top = stack.at(-1) ?? null;
    const alive = new Set(stack.map((entry) => entry.view_id));
    for (const id of this.#forms.keys()) if (!alive.has(id)) this.#forms.delete(id);
    if (!top) this.#shut();
    else if (this.#top?.view_id !== top.view_id) this.#open(top);
    else if (this.#top.hash !== top.hash) this.#update(top);
  }

  #shut() {
    this.#dialog?.remove();
    this.#dialog = null;
    this.#top = null;
  }

  #form(id) {
    if (!this.#forms.has(id)) this.#forms.set(id, new FormState());
    return this.#forms.get(id);
  }

  #open(entry) {
    this.#shut();
    this.#top = entry;
    this.#dialog = openDialog({
      title: textNode(entry.view.title),
      body: this.#content(entry),
      footer: this.#footer(entry.view),
      icon: avatar(world.bot.user_id, true),
      close: (how) => this.#close(how),
    });
    focusFirst(this.#dialog, focusOnLoad(entry.view.blocks ?? [], this.#dialog.content));
  }

  #update(entry) {
    this.#top = entry;
    const { box, content, heading } = this.#dialog;
    heading.replaceChildren(textNode(entry.view.title));
    keepingFocus(box, () => {
      content.replaceChildren(this.#content(entry));
      box.querySelector(".dialog-foot")?.remove();
      box.append(this.#footer(entry.view));
    });
    if (!box.contains(document.activeElement)) focusFirst(this.#dialog, focusOnLoad(entry.view.blocks ?? [], content));
  }

  #content(entry) {
    const ctx = surface(this.app, { view_id: entry.view_id }, this.#form(entry.view_id));
    ctx.submit = entry.view.submit ? () => this.#submit() : undefined;
    return el(
      "div",
      {},
      el("div", { class: "alert alert-error modal-alert", role: "alert", hidden: true }),
      renderBlocks(entry.view.blocks ?? [], ctx),
    );
  }

  #footer(view) {
    const close = el(
      "button",
      { type: "button", class: "btn", onclick: () => this.#close("button") },
      view.close ? plain(view.close) : "Close",
    );
    const submit = view.submit
      ? el(
          "button",
          { type: "button", class: "btn btn-primary modal-submit", onclick: () => this.#submit() },
          plain(view.submit),
        )
      : null;
    return el("footer", { class: "dialog-foot" }, close, submit);
  }

  #say(text) {
    const alert = this.#dialog?.content.querySelector(".modal-alert");
    if (!alert) return;
    alert.textContent = text;
    alert.hidden = !text;
  }

  async #close(how) {
    const entry = this.#top;
    if (!entry) return;
    // The × leaves all views; Escape and the button go back one, as in Slack.
    await this.app.act({ kind: "view_close", view_id: entry.view_id, all: how === "x" });
    await this.app.refresh.views();
  }

  async #submit() {
    const entry = this.#top;
    const dialog = this.#dialog;
    const button = dialog?.box.querySelector(".modal-submit");
    if (!entry || button?.getAttribute("aria-busy")) return;
    const form = this.#form(entry.view_id);
    const missing = problems(entry.view.blocks ?? [], form);
    this.#say("");
    showErrors(dialog.content, missing);
    if (Object.keys(missing).length) return;
    button?.setAttribute("aria-busy", "true");
    const answer = await this.app.act(
      { kind: "view_submit", view_id: entry.view_id, values: form.values() },
      { failed: (problem) => this.#say(problem.message) },
    );
    button?.removeAttribute("aria-busy");
    if (!answer) return;
    if (answer.response_action === "errors") this.#refused(dialog, answer.errors ?? {});
    else await this.app.refresh.views();
  }

  #refused(dialog, errors) {
    showErrors(dialog.content, errors);
    const known = new Set([...dialog.content.querySelectorAll(".block-input")].map((node) => node.dataset.block));
    const rest = Object.entries(errors)
      .filter(([block]) => !known.has(block))
      .map(([, text]) => text);
    if (rest.length) this.#say(rest.join(" "));
  }
}
