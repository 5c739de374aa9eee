// One element of a block: buttons and menus here, fields and selects from their own rooms.

import { decide, keyOf } from "./decide.js";
import { el, hidden, uid } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { INPUTS } from "./inputs.js";
import { openMenu } from "./layers.js";
import { plain, textNode } from "./mrkdwn.js";
import { SELECTS } from "./selects.js";

function button(element, block, ctx) {
  const style = { primary: " btn-primary", danger: " btn-danger" }[element.style] ?? "";
  const props = {
    class: `btn${style}`,
    dataset: { key: keyOf(block, element), action: element.action_id ?? "" },
    "aria-label": element.accessibility_label,
    onclick: (event) =>
      decide(
        ctx,
        block,
        element,
        { type: "button", value: element.value },
        { node: event.currentTarget, remember: false },
      ),
  };
  const label = textNode(element.text);
  if (!element.url) return el("button", { type: "button", ...props }, label);
  return el(
    "a",
    {
      href: /^https?:/i.test(element.url) ? element.url : null,
      target: "_blank",
      rel: "noopener noreferrer",
      ...props,
    },
    label,
    hidden(" (opens in a new tab)"),
  );
}

function overflow(element, block, ctx) {
  const run = (option) =>
    decide(ctx, block, element, { type: "overflow", selected_option: option }, { node, remember: false });
  const node = el(
    "button",
    {
      type: "button",
      class: "btn btn-overflow",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      dataset: { key: keyOf(block, element), action: element.action_id ?? "" },
      onclick: () =>
        openMenu(
          node,
          element.options.map((option) => ({
            label: textNode(option.text),
            description: option.description ? plain(option.description) : null,
            run: () => {
              if (/^https?:/i.test(option.url ?? "")) window.open(option.url, "_blank", "noopener,noreferrer");
              run(option);
            },
          })),
          "More actions",
        ),
    },
    el("span", { class: "dots", "aria-hidden": "true" }),
  );
  return node;
}

function image(element) {
  const source = element.image_url ?? element.slack_file?.url ?? "";
  return el("img", { class: "el-image", src: source, alt: element.alt_text ?? "", loading: "lazy" });
}

function feedback(element, block, ctx) {
  const one = (part) =>
    el(
      "button",
      {
        type: "button",
        class: "btn btn-quiet",
        "aria-label": part.accessibility_label,
        dataset: { key: `${keyOf(block, element)}/${part.value}` },
        onclick: (event) =>
          decide(
            ctx,
            block,
            element,
            { type: "feedback_buttons", value: part.value },
            { node: event.currentTarget, remember: false },
          ),
      },
      textNode(part.text),
    );
  return el("span", { class: "feedback", role: "group" }, one(element.positive_button), one(element.negative_button));
}

function iconButton(element, block, ctx) {
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(ctx.me)) return null;
  const label = element.accessibility_label ?? plain(element.text);
  return el(
    "button",
    {
      type: "button",
      class: "btn btn-quiet",
      "aria-label": label,
      title: plain(element.text),
      dataset: { key: keyOf(block, element) },
      onclick: (event) =>
        decide(
          ctx,
          block,
          element,
          { type: "icon_button", value: element.value },
          { node: event.currentTarget, remember: false },
        ),
    },
    emojiNode(element.icon),
    textNode(element.text),
  );
}

const RENDER = { button, overflow, image, feedback_buttons: feedback, icon_button: iconButton, ...INPUTS, ...SELECTS };

/** `label`: what ties the element to its label, hint and error, as attributes; null outside input blocks. */
export function renderElement(element, block, ctx, label = null) {
  const aria = { id: label?.id ?? uid("el"), labelled: Boolean(label), attributes: label?.attributes ?? {} };
  const render = RENDER[element.type];
  if (!render) return el("span", { class: "unknown", text: `This page can't show a ${element.type} yet.` });
  return render(element, block, ctx, aria);
}

/** Whether a <label for> reaches it, or the group has to be named by aria-labelledby. */
export function isGroup(element) {
  return element.type === "checkboxes" || element.type === "radio_buttons";
}
