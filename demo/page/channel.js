// The middle: head of the channel, its messages, and the composer or the way in.

import { composer } from "./composer.js";
import { el } from "./dom.js";
import { ask, openMenu } from "./layers.js";
import { emptyPlace } from "./messages.js";
import { world } from "./world.js";

function settings(app, channel) {
  const winback = channel.bot_joined
    ? { label: "Remove winback", run: () => app.act({ kind: "remove_bot", channel: channel.id }) }
    : { label: "Add winback", run: () => app.act({ kind: "invite_bot", channel: channel.id }) };
  const archive = async () => {
    const sure = await ask({
      title: `Archive #${channel.name}?`,
      text: "winback has to find another way to tell people. That is worth a try, and nothing brings the channel back but a restart.",
      confirm: "Archive",
      deny: "Keep it",
      danger: true,
    });
    if (sure) app.act({ kind: "archive", channel: channel.id });
  };
  return [
    winback,
    { label: "Leave channel", run: () => app.act({ kind: "leave", channel: channel.id }) },
    { label: "Archive channel", danger: true, run: archive },
  ];
}

/** Name, topic, whether winback is here, and what can be changed. */
export function channelHead(app, channel) {
  const more = el(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": "Channel settings",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: () => openMenu(more, settings(app, channel), "Channel settings"),
    },
    el("span", { class: "dots", "aria-hidden": "true" }),
  );
  return el(
    "header",
    { class: "main-head" },
    el(
      "div",
      { class: "main-title" },
      el(
        "h1",
        {},
        el("span", {
          class: channel.is_private ? "sign sign-lock" : "sign",
          "aria-hidden": "true",
          text: channel.is_private ? "" : "#",
        }),
        channel.name,
      ),
      channel.topic ? el("p", { class: "topic", dir: "auto", text: channel.topic }) : null,
    ),
    el(
      "span",
      { class: "badge-line" },
      el("span", { class: `dot ${channel.bot_joined ? "dot-on" : "dot-off"}`, "aria-hidden": "true" }),
      channel.bot_joined ? "winback is here" : "winback is not here",
    ),
    more,
  );
}

/** What an empty channel says. */
export function emptyChannel(channel) {
  return channel.bot_joined && channel.name.startsWith("nps")
    ? emptyPlace("No answers yet", "Press “Send an answer” above. A score of 6 or less opens a case here.")
    : emptyPlace("Nothing here yet", "Write the first message.");
}

/** The composer, or a way in for who is not a member. */
export function channelFoot(app, channel) {
  if (channel.is_archived)
    return el("div", { class: "join-bar" }, el("span", { text: `#${channel.name} is archived.` }));
  if (channel.is_member)
    return composer(app, { channel: channel.id, label: `Message #${channel.name}`, id: "composer-main" });
  return el(
    "div",
    { class: "join-bar" },
    el("span", { text: `You are looking at #${channel.name}.` }),
    el("button", {
      type: "button",
      class: "btn btn-primary",
      text: "Join channel",
      onclick: () => app.act({ kind: "join", channel: channel.id }),
    }),
  );
}

/** A channel the person can't see, after a switch for instance. */
export function lockedOut() {
  const name = world.me.real_name.split(" ")[0];
  return emptyPlace("Not for these eyes", `${name} is not a member of this private channel.`);
}
