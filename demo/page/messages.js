// A list of messages, as a channel or a thread shows it. Messages that did not change keep their nodes.

import { ago, dayLabel, isoDay } from "./dates.js";
import { el, keepingFocus, reconcile } from "./dom.js";
import { FormState } from "./form.js";
import { authorOf, renderMessage } from "./message.js";
import { world } from "./world.js";

const GROUP_SECONDS = 300;
const DISMISSED = "winback-demo-dismissed";

function dismissed() {
  return new Set(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]"));
}

function groups(previous, message) {
  return (
    Boolean(previous) &&
    authorOf(previous) === authorOf(message) &&
    !previous.ephemeral &&
    !message.ephemeral &&
    !message.blocks?.length &&
    !previous.blocks?.length &&
    Number(message.ts) - Number(previous.ts) < GROUP_SECONDS &&
    isoDay(Number(previous.ts)) === isoDay(Number(message.ts))
  );
}

/** Holds the nodes and half-filled forms of one list. */
export class MessageList {
  #cache = new Map();

  constructor(app, root, { inThread = false } = {}) {
    this.app = app;
    this.root = root;
    this.inThread = inThread;
  }

  /** Forget everything: another channel, or another reader. */
  reset() {
    this.#cache.clear();
    this.root.replaceChildren();
  }

  /** Show `messages` (oldest first). Stays at the end when it was there. */
  show(channel, messages, empty) {
    const atEnd = this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < 80;
    const first = this.#cache.size === 0;
    const gone = dismissed();
    const shown = messages.filter((message) => !gone.has(message.ts));
    const nodes = [];
    const cache = new Map();
    let day = null;
    shown.forEach((message, index) => {
      const thisDay = isoDay(Number(message.ts));
      if (thisDay !== day && !this.inThread) nodes.push(...this.#divider(cache, Number(message.ts), thisDay));
      day = thisDay;
      nodes.push(
        this.#node(cache, channel, message, {
          grouped: groups(shown[index - 1], message),
          isRoot: this.inThread && index === 0,
        }),
      );
    });
    if (!nodes.length && empty) nodes.push(empty);
    this.#cache = cache;
    keepingFocus(this.root, () => reconcile(this.root, nodes));
    if (first || atEnd) this.root.scrollTop = this.root.scrollHeight;
  }

  #divider(cache, seconds, key) {
    const label = dayLabel(seconds);
    const kept = this.#cache.get(`day ${key}`);
    const entry =
      kept?.mark === label
        ? kept
        : {
            mark: label,
            nodes: [
              el("div", { class: "day-rule", role: "presentation" }),
              el("div", { class: "day", role: "separator" }, el("span", { text: label })),
            ],
          };
    cache.set(`day ${key}`, entry);
    return entry.nodes;
  }

  #node(cache, channel, message, { grouped, isRoot }) {
    // `state` is what the person chose here: the node shows that already.
    const { state: _, ...shown } = message;
    const mark = JSON.stringify([
      shown,
      message.latest_reply && ago(Number(message.latest_reply)),
      grouped,
      isRoot,
      world.me.tz,
      world.me.id,
    ]);
    const kept = this.#cache.get(message.ts);
    const form = kept?.form ?? new FormState();
    const entry =
      kept?.mark === mark
        ? kept
        : {
            mark,
            form,
            node: renderMessage(this.app, channel, message, { form, grouped, inThread: this.inThread, isRoot }),
          };
    cache.set(message.ts, entry);
    return entry.node;
  }
}

/** Hide an ephemeral message for good, in this window. */
export function dismissForGood(ts) {
  sessionStorage.setItem(DISMISSED, JSON.stringify([...dismissed(), ts]));
}

/** Text of an empty place. */
export function emptyPlace(title, text) {
  return el("div", { class: "empty" }, el("strong", { text: title }), el("p", { text }));
}
