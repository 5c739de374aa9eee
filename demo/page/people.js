// "You are Priya ▾": everybody in the workspace can be looked through.

import { el } from "./dom.js";
import { openMenu } from "./layers.js";
import { avatar } from "./message.js";
import { world } from "./world.js";

/** Draw the switch into `root`. */
export function drawPersonSwitch(app, root) {
  const me = world.me;
  const people = [...world.users.values()].filter((user) => !user.deleted && !user.is_bot);
  const button = el(
    "button",
    {
      type: "button",
      class: "btn btn-top person",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": `You are ${me.real_name}. Switch person`,
      onclick: () =>
        openMenu(
          button,
          people.map((user) => ({
            label: el("span", { class: "person-row" }, avatar(user.id, true), user.real_name),
            description: user.title,
            checked: user.id === me.id,
            run: () => app.become(user.id),
          })),
          "Be another person",
        ),
    },
    avatar(me.id, true),
    el(
      "span",
      { class: "person-name" },
      el("span", { class: "person-lead", text: "You are " }),
      el("strong", { text: me.real_name.split(" ")[0] }),
    ),
    el("span", { class: "caret", "aria-hidden": "true" }),
  );
  root.replaceChildren(button);
}
