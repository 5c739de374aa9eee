// Cards, carousels of cards, and containers that group blocks.

import { el, uid } from "./dom.js";
import { renderElement } from "./elements.js";
import { plain, textNode } from "./mrkdwn.js";
import { richText } from "./richtext.js";

function picture(image, cls) {
  return image
    ? el("img", { class: cls, src: image.image_url ?? "", alt: image.alt_text ?? "", loading: "lazy" })
    : null;
}

/** One card: picture, icon, title, subtitle, body, buttons; each of them optional. */
export function card(block, ctx) {
  const titled = block.title || block.subtitle || block.icon;
  return el(
    "div",
    { class: "card", role: "group", "aria-label": block.title ? plain(block.title) : null },
    picture(block.hero_image, "card-hero"),
    titled
      ? el(
          "div",
          { class: "card-head" },
          picture(block.icon, "card-icon"),
          el(
            "div",
            {},
            block.title ? textNode(block.title, "div", { class: "card-title mrkdwn" }) : null,
            block.subtitle ? textNode(block.subtitle, "div", { class: "card-subtitle mrkdwn" }) : null,
          ),
        )
      : null,
    block.body ? textNode(block.body, "div", { class: "card-body mrkdwn" }) : null,
    block.actions?.length
      ? el(
          "div",
          { class: "actions card-actions" },
          block.actions.map((element) => renderElement(element, block, ctx)),
        )
      : null,
  );
}

/** Cards side by side; scrolls by touch, by its two buttons, and by Tab through what the cards hold. */
export function carousel(block, ctx) {
  const strip = el(
    "div",
    { class: "carousel-strip", tabindex: "0", role: "group", "aria-label": `${block.elements.length} cards` },
    block.elements.map((each) => card(each, ctx)),
  );
  const move = (direction) =>
    strip.scrollBy({
      left: direction * 260,
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
  const arrow = (label, sign, direction) =>
    el("button", {
      type: "button",
      class: "btn btn-quiet carousel-arrow",
      "aria-label": label,
      text: sign,
      onclick: () => move(direction),
    });
  return el(
    "div",
    { class: "carousel" },
    strip,
    block.elements.length > 1
      ? el("div", { class: "carousel-arrows" }, arrow("Previous cards", "‹", -1), arrow("Next cards", "›", 1))
      : null,
  );
}

/** A titled group of blocks that may fold. */
export function container(block, ctx, renderBlock) {
  const bodyId = uid("container");
  const title = el(
    "div",
    { class: "container-title" },
    block.rich_text_title ? richText(block.rich_text_title) : textNode(block.title),
  );
  const head = el(
    "div",
    { class: "container-head" },
    picture(block.icon, "card-icon"),
    el("div", {}, title, block.subtitle ? textNode(block.subtitle, "div", { class: "card-subtitle" }) : null),
  );
  const body = el(
    "div",
    { id: bodyId, class: "container-body" },
    (block.child_blocks ?? []).map((child) => renderBlock(child, ctx)),
  );
  if (!block.is_collapsible) return el("div", { class: "container" }, head, body);
  body.hidden = Boolean(block.default_collapsed);
  const toggle = el(
    "button",
    {
      type: "button",
      class: "container-toggle",
      "aria-expanded": String(!body.hidden),
      "aria-controls": bodyId,
      onclick: () => {
        body.hidden = !body.hidden;
        toggle.setAttribute("aria-expanded", String(!body.hidden));
      },
    },
    head,
  );
  return el("div", { class: "container" }, toggle, body);
}
