// Slack's fields for text, numbers, dates and times, and its check boxes and radio buttons.

import { decide, keyOf } from "./decide.js";
import { epochToWall, wallToEpoch } from "./dates.js";
import { el, uid } from "./dom.js";
import { plain, textNode } from "./mrkdwn.js";

function common(element, block, aria, fallback) {
  const placeholder = element.placeholder ? plain(element.placeholder) : null;
  return {
    id: aria.id,
    dataset: { key: keyOf(block, element) },
    placeholder,
    ...aria.attributes,
    ...(aria.labelled ? {} : { "aria-label": placeholder ?? fallback }),
  };
}

function triggers(element, what) {
  return (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(what);
}

function textField(element, block, ctx, aria, props = {}) {
  const initial = element.initial_value ?? null;
  const state = ctx.form.enter(block, element, {
    type: element.type,
    value: initial === null ? null : String(initial),
  });
  const node = el(element.multiline ? "textarea" : "input", {
    class: "field",
    dir: "auto",
    ...(element.multiline ? { rows: 5 } : { type: "text" }),
    ...common(element, block, aria, "Text"),
    ...props,
  });
  node.value = state.value ?? "";
  const current = () => ({ type: element.type, value: node.value === "" ? null : node.value });
  node.addEventListener("input", () => {
    ctx.form.write(block, element, current());
    if (block.dispatch_action && triggers(element, "on_character_entered"))
      decide(ctx, block, element, current(), { node });
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || (element.multiline && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    if (block.dispatch_action && triggers(element, "on_enter_pressed"))
      decide(ctx, block, element, current(), { node });
    else ctx.submit?.();
  });
  return element.max_length ? counted(node, element.max_length) : node;
}

/** How many characters are left, once it matters. */
function counted(node, max) {
  const count = el("span", { class: "field-count", "aria-live": "polite" });
  const update = () => {
    const left = max - [...node.value].length;
    count.textContent = left <= Math.max(20, max / 10) ? String(left) : "";
    count.classList.toggle("field-over", left < 0);
  };
  node.addEventListener("input", update);
  update();
  return el("div", { class: "field-wrap" }, node, count);
}

function picker(
  element,
  block,
  ctx,
  aria,
  { type, name, initial, fallback, parse = (text) => text, show = (value) => value ?? "" },
) {
  const state = ctx.form.enter(block, element, { type: element.type, [name]: initial ?? null });
  const node = el("input", { class: "field field-picker", type, ...common(element, block, aria, fallback) });
  node.value = show(state[name]);
  node.addEventListener("change", () =>
    decide(ctx, block, element, { type: element.type, [name]: node.value === "" ? null : parse(node.value) }, { node }),
  );
  return node;
}

function choice(element, block, ctx, option, { type, group, index, checked, onchange }) {
  const id = uid("choice");
  const note = option.description ? uid("note") : null;
  const box = el("input", {
    id,
    type,
    name: group,
    value: option.value,
    checked,
    "aria-describedby": note,
    dataset: { key: `${keyOf(block, element)}/${index}` },
    onchange,
  });
  const label = el("label", { for: id, class: "choice-text" }, textNode(option.text));
  return el(
    "div",
    { class: "choice" },
    box,
    el(
      "div",
      {},
      label,
      option.description ? textNode(option.description, "div", { id: note, class: "choice-note" }) : null,
    ),
  );
}

function group(element, aria, role, fallback, children) {
  return el(
    "div",
    {
      id: aria.id,
      class: "choices",
      role,
      tabindex: "-1",
      ...aria.attributes,
      ...(aria.labelled ? {} : { "aria-label": fallback }),
    },
    children,
  );
}

function checkboxes(element, block, ctx, aria) {
  const state = ctx.form.enter(block, element, { type: element.type, selected_options: element.initial_options ?? [] });
  const name = uid("boxes");
  let chosen = new Set(state.selected_options.map((option) => option.value));
  const boxes = element.options.map((option, index) =>
    choice(element, block, ctx, option, {
      type: "checkbox",
      group: name,
      index,
      checked: chosen.has(option.value),
      onchange: async (event) => {
        const before = new Set(chosen);
        if (event.target.checked) chosen.add(option.value);
        else chosen.delete(option.value);
        const selected = element.options.filter((each) => chosen.has(each.value));
        if (
          (await decide(
            ctx,
            block,
            element,
            { type: element.type, selected_options: selected },
            { node: event.target },
          )) === false
        ) {
          chosen = before;
          event.target.checked = chosen.has(option.value);
        }
      },
    }),
  );
  return group(element, aria, "group", "Options", boxes);
}

function radios(element, block, ctx, aria) {
  const state = ctx.form.enter(block, element, { type: element.type, selected_option: element.initial_option ?? null });
  const name = uid("radio");
  let chosen = state.selected_option?.value ?? null;
  const root = group(
    element,
    aria,
    "radiogroup",
    "Options",
    element.options.map((option, index) =>
      choice(element, block, ctx, option, {
        type: "radio",
        group: name,
        index,
        checked: option.value === chosen,
        onchange: async (event) => {
          const before = chosen;
          chosen = option.value;
          if (
            (await decide(
              ctx,
              block,
              element,
              { type: element.type, selected_option: option },
              { node: event.target },
            )) === false
          ) {
            chosen = before;
            for (const box of root.querySelectorAll("input")) box.checked = box.value === chosen;
          }
        },
      }),
    ),
  );
  return root;
}

export const INPUTS = {
  plain_text_input: textField,
  email_text_input: (element, block, ctx, aria) =>
    textField(element, block, ctx, aria, { inputmode: "email", autocomplete: "off" }),
  url_text_input: (element, block, ctx, aria) =>
    textField(element, block, ctx, aria, { inputmode: "url", autocomplete: "off" }),
  number_input: (element, block, ctx, aria) =>
    textField(element, block, ctx, aria, {
      inputmode: element.is_decimal_allowed ? "decimal" : "numeric",
      autocomplete: "off",
    }),
  datepicker: (element, block, ctx, aria) =>
    picker(element, block, ctx, aria, {
      type: "date",
      name: "selected_date",
      initial: element.initial_date,
      fallback: "Date",
    }),
  timepicker: (element, block, ctx, aria) =>
    picker(element, block, ctx, aria, {
      type: "time",
      name: "selected_time",
      initial: element.initial_time,
      fallback: "Time",
    }),
  datetimepicker: (element, block, ctx, aria) =>
    picker(element, block, ctx, aria, {
      type: "datetime-local",
      name: "selected_date_time",
      initial: element.initial_date_time,
      fallback: "Date and time",
      parse: (wall) => wallToEpoch(wall),
      show: (seconds) => (seconds ? epochToWall(seconds) : ""),
    }),
  checkboxes,
  radio_buttons: radios,
};
