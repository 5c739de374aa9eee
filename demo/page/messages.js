// A list of messages, as a channel or a thread shows it. Messages that did not change keep their nodes.

import { renderBlocks, summary } from "./blocks.js";
import { ago, clockTime, dayLabel, fullTime, isoDay } from "./dates.js";
import { el, keepingFocus, reconcile } from "./dom.js";
import { FormState } from "./form.js";
import { openMenu } from "./layers.js";
import { mrkdwn } from "./mrkdwn.js";
import { surface } from "./surface.js";
import { userName, world } from "./world.js";

const GROUP_SECONDS = 300;
const DISMISSED = "winback-demo-dismissed";

function dismissed() {
  return new Set(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]"));
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** A square with initials in the person's colour; the bot has its mark. */
export function avatar(id, small = false) {
  const user = world.users.get(id);
  const name = user ? user.real_name || user.name : id;
  const bot = id === world.bot.user_id || user?.is_bot;
  const node = el("span", { class: `avatar${small ? " avatar-small" : ""}${bot ? " avatar-bot" : ""}`, "aria-hidden": "true", text: bot ? "w" : initials(name) });
  // Darkened, so that white initials can be read on every colour.
  if (!bot && user?.color) node.style.backgroundColor = `color-mix(in srgb, #${user.color.replace(/^#/, "")} 68%, #101820)`;
  return node;
}

function authorOf(message) {
  return message.user ?? message.bot_id ?? "";
}

function replies(message, open) {
  const count = message.reply_count;
  const faces = (message.reply_users ?? []).slice(0, 3).map((id) => avatar(id, true));
  return el("button", { type: "button", class: "thread-link", dataset: { key: "thread" }, onclick: () => open(message.ts) }, el("span", { class: "faces" }, faces),
    el("span", { class: "thread-count", text: `${count} ${count === 1 ? "reply" : "replies"}` }),
    message.latest_reply ? el("span", { class: "muted", text: `Last reply ${ago(Number(message.latest_reply))}` }) : null);
}

function files(message) {
  return el("ul", { class: "files", "aria-label": "Files" }, message.files.map((file) => {
    const url = file.url_private ?? file.permalink ?? null;
    const inner = [el("span", { class: "file-icon", "aria-hidden": "true", text: (file.filetype ?? file.name?.split(".").pop() ?? "file").slice(0, 4) }),
      el("span", { class: "file-text" }, el("strong", { dir: "auto", text: file.title || file.name || "file" }), el("span", { class: "muted", text: file.size ? `${Math.max(1, Math.round(file.size / 1024))} kB` : "File" }))];
    return el("li", {}, url ? el("a", { class: "file", href: url, target: "_blank", rel: "noopener noreferrer" }, inner) : el("span", { class: "file" }, inner));
  }));
}

function tools(app, channel, message, inThread) {
  const shortcuts = world.shortcuts.filter((shortcut) => shortcut.type?.startsWith("message"));
  const more = shortcuts.length ? el("button", {
    type: "button", class: "icon-button", "aria-label": "More message actions", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { key: "more" },
    onclick: (event) => openMenu(event.currentTarget, shortcuts.map((shortcut) => ({
      label: shortcut.name, run: () => app.act({ kind: "message_shortcut", callback_id: shortcut.callback_id, channel, message_ts: message.ts }),
    })), "Message actions"),
  }, el("span", { class: "dots", "aria-hidden": "true" })) : null;
  const reply = inThread ? null : el("button", { type: "button", class: "icon-button tool-reply", "aria-label": "Reply in thread", title: "Reply in thread", dataset: { key: "reply" }, onclick: () => app.openThread(message.ts) },
    el("span", { class: "bubble", "aria-hidden": "true" }));
  return reply || more ? el("div", { class: "msg-tools" }, reply, more) : null;
}

function content(message, app, channel, form) {
  if (message.blocks?.length) {
    const ctx = surface(app, { channel, message_ts: message.ts }, form);
    return renderBlocks(message.blocks, ctx);
  }
  return el("div", { class: "mrkdwn msg-text", dir: "auto" }, mrkdwn(message.text ?? ""), message.edited ? el("span", { class: "muted edited", text: " (edited)" }) : null);
}

function renderMessage(app, channel, message, { form, grouped, inThread, isRoot }) {
  const author = authorOf(message);
  const name = world.users.has(author) ? userName(author) : message.bot_id ? userName(world.bot.user_id) : author;
  const seconds = Number(message.ts);
  const head = grouped ? el("time", { class: "msg-time msg-time-side", text: clockTime(seconds), title: fullTime(seconds) })
    : el("div", { class: "msg-head" }, el("strong", { class: "msg-name", text: name }),
      message.bot_id || author === world.bot.user_id ? el("span", { class: "badge", text: "APP" }) : null,
      el("time", { class: "msg-time", datetime: new Date(seconds * 1000).toISOString(), title: fullTime(seconds), text: clockTime(seconds) }));
  const note = message.ephemeral ? el("div", { class: "only-you" }, el("span", { class: "eye", "aria-hidden": "true" }), "Only visible to you") : null;
  const dismiss = message.ephemeral ? el("button", { type: "button", class: "link-button", text: "Dismiss message", onclick: () => app.dismiss(message.ts) }) : null;
  return el("article", {
    class: `msg${grouped ? " msg-grouped" : ""}${message.ephemeral ? " msg-ephemeral" : ""}`, dataset: { ts: message.ts },
    "aria-label": `${name}, ${clockTime(seconds)}: ${summary(message)}`,
  },
  grouped ? el("span", { class: "avatar-gap" }) : avatar(message.bot_id ? world.bot.user_id : author),
  el("div", { class: "msg-main" }, note, head, content(message, app, channel, form), message.files?.length ? files(message) : null, dismiss,
    !inThread && message.reply_count ? replies(message, app.openThread) : null,
    isRoot && message.reply_count ? el("div", { class: "thread-rule" }, `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`) : null),
  message.ephemeral ? null : tools(app, channel, message, inThread));
}

function groups(previous, message) {
  return Boolean(previous) && authorOf(previous) === authorOf(message) && !previous.ephemeral && !message.ephemeral && !message.blocks?.length && !previous.blocks?.length
    && Number(message.ts) - Number(previous.ts) < GROUP_SECONDS && isoDay(Number(previous.ts)) === isoDay(Number(message.ts));
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
      nodes.push(this.#node(cache, channel, message, { grouped: groups(shown[index - 1], message), isRoot: this.inThread && index === 0 }));
    });
    if (!nodes.length && empty) nodes.push(empty);
    this.#cache = cache;
    keepingFocus(this.root, () => reconcile(this.root, nodes));
    if (first || atEnd) this.root.scrollTop = this.root.scrollHeight;
  }

  #divider(cache, seconds, key) {
    const label = dayLabel(seconds);
    const kept = this.#cache.get(`day ${key}`);
    const entry = kept?.mark === label ? kept : { mark: label, nodes: [el("div", { class: "day-rule", role: "presentation" }), el("div", { class: "day", role: "separator" }, el("span", { text: label }))] };
    cache.set(`day ${key}`, entry);
    return entry.nodes;
  }

  #node(cache, channel, message, { grouped, isRoot }) {
    // `state` is what the person chose here: the node shows that already.
    const { state: _, ...shown } = message;
    const mark = JSON.stringify([shown, message.latest_reply && ago(Number(message.latest_reply)), grouped, isRoot, world.me.tz, world.me.id]);
    const kept = this.#cache.get(message.ts);
    const form = kept?.form ?? new FormState();
    const entry = kept?.mark === mark ? kept : { mark, form, node: renderMessage(this.app, channel, message, { form, grouped, inThread: this.inThread, isRoot }) };
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
