// Slack's blocks to nodes: one function a type.

import { card, carousel, container } from "./cards.js";
import { chart } from "./charts.js";
import { el, uid } from "./dom.js";
import { isGroup, renderElement } from "./elements.js";
import { markdown } from "./markdown.js";
import { plain, textNode } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

const LONG_TEXT = 700;

function longText(block) {
  const text = textNode(block.text, "div", { class: "mrkdwn" });
  if (block.expand || (block.text.text ?? "").length <= LONG_TEXT) return text;
  text.classList.add("clamped");
  const more = el("button", {
    type: "button",
    class: "link-button",
    "aria-expanded": "false",
    text: "Show more",
    onclick: () => {
      const clamped = text.classList.toggle("clamped");
      more.textContent = clamped ? "Show more" : "Show less";
      more.setAttribute("aria-expanded", String(!clamped));
    },
  });
  return el("div", {}, text, more);
}

function section(block, ctx) {
  const body = el(
    "div",
    { class: "section-body" },
    block.text ? longText(block) : null,
    block.fields
      ? el(
          "div",
          { class: "section-fields" },
          block.fields.map((field) => textNode(field, "div", { class: "mrkdwn" })),
        )
      : null,
  );
  if (!block.accessory) return body;
  return el(
    "div",
    { class: "section-row" },
    body,
    el("div", { class: "section-accessory" }, renderElement(block.accessory, block, ctx)),
  );
}

function context(block, ctx) {
  return el(
    "div",
    { class: "context" },
    (block.elements ?? []).map((part) =>
      part.type === "image"
        ? renderElement(part, block, ctx)
        : textNode(part, "span", { class: "mrkdwn context-part" }),
    ),
  );
}

function image(block) {
  return el(
    "figure",
    { class: "image" },
    block.title ? textNode(block.title, "figcaption") : null,
    el("img", { src: block.image_url ?? block.slack_file?.url ?? "", alt: block.alt_text ?? "", loading: "lazy" }),
  );
}

function input(block, ctx) {
  const id = uid("field");
  const labelId = `${id}-label`;
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const grouped = isGroup(block.element);
  const optional = block.optional ? el("span", { class: "optional", text: " (optional)" }) : null;
  const label = el(
    grouped ? "div" : "label",
    { id: labelId, class: "input-label", ...(grouped ? {} : { for: id }) },
    textNode(block.label),
    optional,
  );
  const described = [block.hint ? hintId : null, errorId].filter(Boolean).join(" ");
  const control = renderElement(block.element, block, ctx, {
    id,
    attributes: {
      "aria-describedby": described,
      "aria-required": block.optional ? null : "true",
      ...(grouped ? { "aria-labelledby": labelId } : {}),
    },
  });
  return el(
    "div",
    { class: "input" },
    label,
    control,
    el("p", { id: errorId, class: "field-error", role: "alert" }),
    block.hint ? textNode(block.hint, "p", { id: hintId, class: "hint" }) : null,
  );
}

function alertBlock(block) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  return el(
    "div",
    { class: `alert alert-${level}`, role: level === "error" || level === "warning" ? "alert" : "note" },
    textNode(block.text, "div", { class: "mrkdwn" }),
  );
}

function row(block, ctx) {
  return el(
    "div",
    { class: `actions${block.type === "context_actions" ? " actions-context" : ""}` },
    (block.elements ?? []).map((element) => renderElement(element, block, ctx)),
  );
}

const RENDER = {
  section,
  context,
  header: (block) => textNode(block.text, "div", { class: "header-block", role: "heading", "aria-level": "3" }),
  divider: () => el("hr"),
  actions: row,
  context_actions: row,
  input,
  image,
  rich_text: (block) => richText(block),
  table: (block) => table(block),
  data_table: (block) => dataTable(block),
  data_visualization: (block) => chart(block),
  markdown: (block) => el("div", { class: "markdown" }, markdown(block.text ?? "")),
  alert: alertBlock,
  card: (block, ctx) => card(block, ctx),
  carousel: (block, ctx) => carousel(block, ctx),
  container: (block, ctx) => container(block, ctx, renderBlock),
};

function renderBlock(block, ctx) {
  const render = RENDER[block.type];
  const body = render
    ? render(block, ctx)
    : el("span", { class: "unknown", text: `This page can't show a ${block.type} block yet.` });
  return el(
    "div",
    { class: `block block-${block.type}`, dataset: { block: block.block_id ?? "", type: block.type } },
    body,
  );
}

/** All blocks of one surface. `ctx`: {form, where, me, dispatch, suggest, submit?}. */
export function renderBlocks(blocks, ctx) {
  ctx.form.begin();
  const out = el(
    "div",
    { class: "blocks" },
    blocks.map((block) => renderBlock(block, ctx)),
  );
  ctx.form.end();
  return out;
}

/** Put `errors` ({block_id: sentence}) at their fields under `root`, clear the rest, and lead to the first one. */
export function showErrors(root, errors) {
  let first = null;
  for (const node of root.querySelectorAll(".block-input")) {
    const error = errors[node.dataset.block] ?? "";
    node.querySelector(".field-error").textContent = error;
    node.classList.toggle("has-error", Boolean(error));
    const field = node.querySelector("[aria-describedby]");
    if (error) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
    if (error && !first) first = field;
  }
  const target = first?.matches("[role=group],[role=radiogroup]") ? first.querySelector("input") : first;
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

/** The field a view wants the focus in, if any. */
export function focusOnLoad(blocks, root) {
  for (const block of blocks) {
    const elements = [block.element, block.accessory, ...(block.elements ?? [])].filter(Boolean);
    const wanted = elements.find((element) => element.focus_on_load);
    if (!wanted) continue;
    const node = root.querySelector(`[data-block="${CSS.escape(block.block_id ?? "")}"]`);
    return node?.querySelector("input,textarea,button") ?? null;
  }
  return null;
}

/** A one-line reading of a message, for names and notifications. */
export function summary(message) {
  return plain({ type: "mrkdwn", text: message.text ?? "" }).slice(0, 120);
}
