// One message: who, when, what it says, its files, its thread, and what can be done with it.

import { renderBlocks, summary } from "./blocks.js";
import { ago, clockTime, fullTime } from "./dates.js";
import { el } from "./dom.js";
import { openMenu } from "./layers.js";
import { mrkdwn } from "./mrkdwn.js";
import { surface } from "./surface.js";
import { userName, world } from "./world.js";

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** A square with initials in the person's colour; the bot has its mark. */
export function avatar(id, small = false) {
  const user = world.users.get(id);
  const name = user ? user.real_name || user.name : id;
  const bot = id === world.bot.user_id || user?.is_bot;
  const node = el("span", {
    class: `avatar${small ? " avatar-small" : ""}${bot ? " avatar-bot" : ""}`,
    "aria-hidden": "true",
    text: bot ? "w" : initials(name),
  });
  // Darkened, so that white initials can be read on every colour.
  if (!bot && user?.color)
    node.style.backgroundColor = `color-mix(in srgb, #${user.color.replace(/^#/, "")} 68%, #101820)`;
  return node;
}

/** The user or bot a message is by. */
export function authorOf(message) {
  return message.user ?? message.bot_id ?? "";
}

function replies(message, open) {
  const faces = (message.reply_users ?? []).slice(0, 3).map((id) => avatar(id, true));
  return el(
    "button",
    { type: "button", class: "thread-link", dataset: { key: "thread" }, onclick: () => open(message.ts) },
    el("span", { class: "faces" }, faces),
    el("span", { class: "thread-count", text: replyCount(message) }),
    message.latest_reply
      ? el("span", { class: "muted", text: `Last reply ${ago(Number(message.latest_reply))}` })
      : null,
  );
}

function files(message) {
  return el(
    "ul",
    { class: "files", "aria-label": "Files" },
    message.files.map((file) => {
      const url = file.url_private ?? file.permalink ?? null;
      const inner = [
        el("span", {
          class: "file-icon",
          "aria-hidden": "true",
          text: (file.filetype ?? file.name?.split(".").pop() ?? "file").slice(0, 4),
        }),
        el(
          "span",
          { class: "file-text" },
          el("strong", { dir: "auto", text: file.title || file.name || "file" }),
          el("span", { class: "muted", text: file.size ? `${Math.max(1, Math.round(file.size / 1024))} kB` : "File" }),
        ),
      ];
      return el(
        "li",
        {},
        url
          ? el("a", { class: "file", href: url, target: "_blank", rel: "noopener noreferrer" }, inner)
          : el("span", { class: "file" }, inner),
      );
    }),
  );
}

function tools(app, channel, message, inThread) {
  const shortcuts = world.shortcuts.filter((shortcut) => shortcut.type?.startsWith("message"));
  const more = shortcuts.length
    ? el(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "More message actions",
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          dataset: { key: "more" },
          onclick: (event) =>
            openMenu(
              event.currentTarget,
              shortcuts.map((shortcut) => ({
                label: shortcut.name,
                run: () =>
                  app.act({
                    kind: "message_shortcut",
                    callback_id: shortcut.callback_id,
                    channel,
                    message_ts: message.ts,
                  }),
              })),
              "Message actions",
            ),
        },
        el("span", { class: "dots", "aria-hidden": "true" }),
      )
    : null;
  const reply = inThread
    ? null
    : el(
        "button",
        {
          type: "button",
          class: "icon-button tool-reply",
          "aria-label": "Reply in thread",
          title: "Reply in thread",
          dataset: { key: "reply" },
          onclick: () => app.openThread(message.ts),
        },
        el("span", { class: "bubble", "aria-hidden": "true" }),
      );
  return reply || more ? el("div", { class: "msg-tools" }, reply, more) : null;
}

function content(message, app, channel, form) {
  if (message.blocks?.length) {
    const ctx = surface(app, { channel, message_ts: message.ts }, form);
    return renderBlocks(message.blocks, ctx);
  }
  return el(
    "div",
    { class: "mrkdwn msg-text", dir: "auto" },
    mrkdwn(message.text ?? ""),
    message.edited ? el("span", { class: "muted edited", text: " (edited)" }) : null,
  );
}

function nameOf(message) {
  const author = authorOf(message);
  if (world.users.has(author)) return userName(author);
  return message.bot_id ? userName(world.bot.user_id) : author;
}

function head(message, grouped) {
  const seconds = Number(message.ts);
  const time = { text: clockTime(seconds), title: fullTime(seconds), datetime: new Date(seconds * 1000).toISOString() };
  if (grouped) return el("time", { class: "msg-time msg-time-side", ...time });
  const app = message.bot_id || authorOf(message) === world.bot.user_id;
  return el(
    "div",
    { class: "msg-head" },
    el("strong", { class: "msg-name", text: nameOf(message) }),
    app ? el("span", { class: "badge", text: "APP" }) : null,
    el("time", { class: "msg-time", ...time }),
  );
}

function onlyYou(app, message) {
  if (!message.ephemeral) return { note: null, dismiss: null };
  return {
    note: el("div", { class: "only-you" }, el("span", { class: "eye", "aria-hidden": "true" }), "Only visible to you"),
    dismiss: el("button", {
      type: "button",
      class: "link-button",
      text: "Dismiss message",
      onclick: () => app.dismiss(message.ts),
    }),
  };
}

function replyCount(message) {
  return `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
}

/** One message. `grouped`: it follows another of its author at once; `isRoot`: the thread below hangs on it. */
export function renderMessage(app, channel, message, { form, grouped, inThread, isRoot }) {
  const { note, dismiss } = onlyYou(app, message);
  const name = nameOf(message);
  return el(
    "article",
    {
      class: `msg${grouped ? " msg-grouped" : ""}${message.ephemeral ? " msg-ephemeral" : ""}`,
      dataset: { ts: message.ts },
      "aria-label": `${name}, ${clockTime(Number(message.ts))}: ${summary(message)}`,
    },
    grouped ? el("span", { class: "avatar-gap" }) : avatar(message.bot_id ? world.bot.user_id : authorOf(message)),
    el(
      "div",
      { class: "msg-main" },
      note,
      head(message, grouped),
      content(message, app, channel, form),
      message.files?.length ? files(message) : null,
      dismiss,
      !inThread && message.reply_count ? replies(message, app.openThread) : null,
      isRoot && message.reply_count ? el("div", { class: "thread-rule", text: replyCount(message) }) : null,
    ),
    message.ephemeral ? null : tools(app, channel, message, inThread),
  );
}
