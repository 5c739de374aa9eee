// Where people write: messages, and slash commands with suggestions as soon as "/" stands first.

import { el, uid } from "./dom.js";
import { place } from "./layers.js";
import { toast } from "./toast.js";
import { world } from "./world.js";

const drafts = new Map();

function commandsAndShortcuts(app, typed) {
  const commands = world.commands
    .filter((each) => each.command.startsWith(`/${typed}`))
    .map((each) => ({
      from: 0,
      insert: `${each.command} `,
      title: each.command,
      hint: each.usage_hint,
      note: each.description,
    }));
  const shortcuts = world.shortcuts
    .filter((each) => each.type === "global" && each.name.toLocaleLowerCase().startsWith(typed.toLocaleLowerCase()))
    .map((each) => ({
      from: 0,
      insert: "",
      title: each.name,
      note: "Shortcut of winback",
      run: () => app.act({ kind: "shortcut", callback_id: each.callback_id }),
    }));
  return [...commands, ...shortcuts];
}

function candidates(app, text, caret) {
  const before = text.slice(0, caret);
  const command = /^\/(\S*)$/.exec(before);
  if (command) return commandsAndShortcuts(app, command[1]);
  const person = /(^|\s)@([\p{L}]*)$/u.exec(before);
  if (!person) return [];
  const wanted = person[2].toLocaleLowerCase();
  return [...world.users.values()]
    .filter(
      (user) =>
        !user.deleted &&
        (user.real_name || user.name)
          .toLocaleLowerCase()
          .split(" ")
          .some((part) => part.startsWith(wanted)),
    )
    .map((user) => ({
      from: caret - person[2].length - 1,
      insert: `@${user.name} `,
      title: user.real_name || user.name,
      hint: `@${user.name}`,
      note: user.title ?? "",
    }));
}

function suggestions(app, input) {
  const list = el("div", { id: uid("suggest"), class: "popup suggest", role: "listbox", "aria-label": "Suggestions" });
  const state = { rows: [], at: -1 };
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  const hide = () => {
    list.remove();
    state.rows = [];
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    state.at = (at + state.rows.length) % state.rows.length;
    state.rows.forEach(({ row }, index) => {
      row.classList.toggle("option-active", index === state.at);
      row.setAttribute("aria-selected", String(index === state.at));
    });
    input.setAttribute("aria-activedescendant", state.rows[state.at].row.id);
    state.rows[state.at].row.scrollIntoView({ block: "nearest" });
  };
  const accept = (found) => {
    const rest = input.value.slice(input.selectionStart);
    input.value = input.value.slice(0, found.from) + found.insert + rest;
    const caret = found.from + found.insert.length;
    input.setSelectionRange(caret, caret);
    hide();
    input.dispatchEvent(new Event("input"));
    found.run?.();
  };
  const update = () => {
    const found = candidates(app, input.value, input.selectionStart).slice(0, 8);
    if (!found.length) {
      hide();
      return;
    }
    state.rows = found.map((each) => ({
      found: each,
      row: el(
        "div",
        { id: uid("s"), class: "option suggest-row", role: "option", onclick: () => accept(each) },
        el(
          "span",
          {},
          el("strong", { text: each.title }),
          each.hint ? el("span", { class: "suggest-hint", text: ` ${each.hint}` }) : null,
        ),
        el("span", { class: "option-note", text: each.note ?? "" }),
      ),
    }));
    list.replaceChildren(...state.rows.map(({ row }) => row));
    if (!list.isConnected) document.getElementById("layers").append(list);
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    place(list, input.closest(".composer"), { matchWidth: true });
    mark(0);
  };
  const key = (event) => {
    if (!state.rows.length) return false;
    // A command typed in full is ready to go; Enter sends it instead of completing it.
    if (event.key === "Enter" && state.rows.some(({ found }) => found.title === input.value.trim())) return false;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) mark(state.at + move);
    else if (event.key === "Tab" || event.key === "Enter") accept(state.rows[state.at].found);
    else if (event.key === "Escape") hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { update, hide, key };
}

function grow(input) {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 200)}px`;
}

async function deliver(app, { channel, thread, text }) {
  if (!text.startsWith("/")) return app.act({ kind: "message", channel, thread: thread ?? undefined, text });
  if (thread) {
    toast(`${text.split(/\s/)[0]} doesn't work in threads. Use it in the channel.`, { error: true });
    return null;
  }
  return app.act({ kind: "command", channel, text });
}

/** A composer for one channel or thread. What was typed and not sent is still there on return. */
export function composer(app, { channel, thread = null, label, id = uid("composer") }) {
  const draft = `${world.me.id} ${channel} ${thread ?? ""}`;
  const input = el("textarea", {
    id,
    class: "composer-input",
    rows: 1,
    dataset: { key: `composer-${thread ? "thread" : "main"}` },
    dir: "auto",
    "aria-label": label,
    placeholder: label,
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-haspopup": "listbox",
  });
  input.value = drafts.get(draft) ?? "";
  const send = el(
    "button",
    { type: "button", class: "btn btn-send", "aria-label": "Send", disabled: !input.value.trim() },
    el("span", { class: "paper", "aria-hidden": "true" }),
  );
  const hint = el("span", {
    class: "composer-hint",
    text: thread ? "Enter to send" : "Enter to send · / for commands",
  });
  const list = suggestions(app, input);
  const submit = async () => {
    const text = input.value.trim();
    if (!text || input.getAttribute("aria-busy")) return;
    list.hide();
    input.setAttribute("aria-busy", "true");
    const done = await deliver(app, { channel, thread, text });
    input.removeAttribute("aria-busy");
    if (done && input.value.trim() === text) {
      input.value = "";
      changed();
    }
  };
  const changed = () => {
    drafts.set(draft, input.value);
    send.disabled = !input.value.trim();
    grow(input);
  };
  input.addEventListener("input", () => {
    changed();
    list.update();
  });
  input.addEventListener("blur", list.hide);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
  send.addEventListener("click", submit);
  return el("div", { class: "composer" }, input, el("div", { class: "composer-foot" }, hint, send));
}
