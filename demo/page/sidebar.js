// The left column: channels, the app, what is unread, and how the bot is doing.

import { el, hidden } from "./dom.js";
import { world } from "./world.js";

function unreadMark(count) {
  const number = count === true ? 1 : Number(count ?? 0);
  return number > 0
    ? [
        el("span", { class: "unread", "aria-hidden": "true", text: number > 99 ? "99+" : String(number) }),
        hidden(` ${number} unread`),
      ]
    : null;
}

function place(app, { id, sign, name, unread, muted }) {
  const here = app.view.at === id;
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: `place${here ? " place-here" : ""}${unread && !here ? " place-unread" : ""}${muted ? " place-muted" : ""}`,
        dataset: { key: `place-${id}`, place: id },
        "aria-current": here ? "page" : null,
        onclick: () => app.go({ at: id, thread: null }),
      },
      sign,
      el("span", { class: "place-name", text: name }),
      here ? null : unreadMark(unread),
    ),
  );
}

function channelSign(channel) {
  return el("span", {
    class: channel.is_private ? "sign sign-lock" : "sign",
    "aria-hidden": "true",
    text: channel.is_private ? "" : "#",
  });
}

const MODES = { socket: "connected over Socket Mode", http: "connected over HTTP", none: "not running" };

function botLine() {
  const { connected, mode } = world.bot;
  const words = connected ? (MODES[mode] ?? "connected") : "not connected";
  return el(
    "p",
    { class: "bot-line", role: "status" },
    el("span", { class: `dot ${connected ? "dot-on" : "dot-off"}`, "aria-hidden": "true" }),
    `winback is ${words}`,
  );
}

function group(title, items) {
  return items.length ? el("section", { class: "side-group" }, el("h2", { text: title }), el("ul", {}, items)) : null;
}

/** Draw the column anew; the caller keeps the focus. */
export function drawSidebar(app, root) {
  const channels = [...world.channels.values()].sort((left, right) => left.name.localeCompare(right.name));
  const mine = channels.filter((channel) => channel.is_member && !channel.is_archived);
  const others = channels.filter((channel) => !channel.is_member && !channel.is_private && !channel.is_archived);
  const item = (channel, muted) =>
    place(app, { id: channel.id, sign: channelSign(channel), name: channel.name, unread: channel.unread, muted });
  root.replaceChildren(
    ...[
      el(
        "div",
        { class: "side-head" },
        el("span", { class: "team-mark", "aria-hidden": "true", text: "A" }),
        el("div", {}, el("strong", { text: "Acme" }), el("span", { text: "Demo on this machine" })),
      ),
      group(
        "Channels",
        mine.map((channel) => item(channel, false)),
      ),
      group(
        "Apps",
        world.dms.map((dm) =>
          place(app, {
            id: dm.id,
            unread: dm.unread,
            name: dm.user.real_name || dm.user.name,
            sign: el(
              "span",
              { class: "sign" },
              el("span", { class: `dot ${world.bot.connected ? "dot-on" : "dot-off"}`, "aria-hidden": "true" }),
            ),
          }),
        ),
      ),
      group(
        "Not joined",
        others.map((channel) => item(channel, true)),
      ),
      botLine(),
    ].filter(Boolean),
  );
}
