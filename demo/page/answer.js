// "Send an answer": what a survey tool would send, filled in by hand or by an example.

import { api } from "./api.js";
import { isoDay } from "./dates.js";
import { el, uid } from "./dom.js";
import { focusFirst, openDialog } from "./layers.js";
import { toast } from "./toast.js";
import { now, world } from "./world.js";

const PROGRAMMES = [
  ["relational", "Relationship NPS"],
  ["onboarding", "Onboarding NPS"],
];
const EXAMPLES = [
  {
    label: "Leaving",
    score: 1,
    name: "Owen Pryce",
    email: "owen.pryce@wingtip.example",
    account_name: "Wingtip Toys",
    acv: 96000,
    renewal_days: 40,
    segment: "mid-market",
    comment: "Third outage this month. We have a shortlist of other vendors and a meeting about it on Friday.",
  },
  {
    label: "Hard start",
    score: 4,
    name: "Hana Sato",
    email: "hana.sato@alpineski.example",
    account_name: "Alpine Ski House",
    acv: 42000,
    renewal_days: 210,
    segment: "smb",
    programme: "onboarding",
    comment: "The import guide skips the part where you need an admin. We lost a week to that.",
  },
  {
    label: "Lukewarm",
    score: 7,
    name: "Luis Ferrer",
    email: "luis.ferrer@fourthcoffee.example",
    account_name: "Fourth Coffee",
    acv: 18000,
    renewal_days: 150,
    segment: "smb",
    comment: "Does the job. Reports are slow on Mondays.",
  },
  {
    label: "Happy",
    score: 10,
    name: "Ruth Abara",
    email: "ruth.abara@blueyonder.example",
    account_name: "Blue Yonder",
    acv: 130000,
    renewal_days: 300,
    segment: "enterprise",
    comment: "Your support team answered in four minutes. On a Sunday.",
  },
  {
    label: "Hostile text",
    score: 2,
    name: "Max *Bold* <Müller>",
    email: "max@trey.example",
    account_name: "Trey & Sons <!here>",
    acv: 51000,
    renewal_days: 88,
    segment: "mid-market",
    comment: "<!channel> please look: `*this*` _is_ ~not~ formatting & <https://example.com|neither is this>",
  },
];

function field(label, name, props = {}) {
  const id = uid("answer");
  const { tag = "input", note = null, ...rest } = props;
  const control = el(tag, {
    id,
    name,
    class: "field",
    ...(tag === "input" ? { type: "text", autocomplete: "off" } : {}),
    dir: "auto",
    ...rest,
  });
  return el(
    "div",
    { class: "input" },
    el(
      "label",
      { for: id, class: "input-label" },
      label,
      note ? el("span", { class: "optional", text: ` ${note}` }) : null,
    ),
    control,
  );
}

function scoreRow(set) {
  const buttons = Array.from({ length: 11 }, (_, score) =>
    el("button", {
      type: "button",
      role: "radio",
      "aria-checked": "false",
      tabindex: score === 0 ? "0" : "-1",
      class: `score ${score <= 6 ? "score-low" : score <= 8 ? "score-mid" : "score-high"}`,
      text: String(score),
      onclick: () => choose(score),
    }),
  );
  const choose = (score) => {
    buttons.forEach((button, index) => {
      button.setAttribute("aria-checked", String(index === score));
      button.tabIndex = index === score ? 0 : -1;
    });
    set(score);
  };
  const id = uid("score");
  const row = el(
    "div",
    { class: "scores", role: "radiogroup", "aria-labelledby": id, "aria-required": "true" },
    buttons,
  );
  row.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: 10 }[
      event.key
    ];
    if (next === undefined || at < 0) return;
    event.preventDefault();
    const target = (next + buttons.length) % buttons.length;
    choose(target);
    buttons[target].focus();
  });
  const node = el(
    "div",
    { class: "input" },
    el("div", { id, class: "input-label", text: "How likely are you to recommend us? 0 to 10" }),
    row,
    el(
      "div",
      { class: "score-ends", "aria-hidden": "true" },
      el("span", { text: "Not at all" }),
      el("span", { text: "Certainly" }),
    ),
  );
  return { node, choose };
}

function inDays(days) {
  return isoDay(now() + days * 86_400);
}

function read(form, score) {
  const data = Object.fromEntries(
    [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value !== ""),
  );
  return {
    ...data,
    score,
    ...(data.acv ? { acv: Number(data.acv.replace(/[^\d.]/g, "")) } : {}),
    response_id: `page-${crypto.randomUUID()}`,
    responded_at: new Date(Math.floor(now()) * 1000).toISOString(),
    survey_name: PROGRAMMES.find(([key]) => key === data.programme)?.[1] ?? data.programme,
  };
}

function announce(app, { score, account_name: company, programme }) {
  const channel = [...world.channels.values()].find((each) => each.name === `nps-${programme}`);
  const what =
    score <= 6
      ? `${company ?? "A customer"} gave ${score}: a case opens${channel ? ` in #${channel.name}` : ""}.`
      : `${company ?? "A customer"} gave ${score}: kept for the figures, no case.`;
  toast(what, {
    action:
      score <= 6 && channel && app.view.at !== channel.id
        ? { label: "Show", run: () => app.go({ at: channel.id, thread: null }) }
        : null,
  });
}

/** Open the dialog. */
export function openAnswer(app) {
  let score = null;
  const scores = scoreRow((value) => {
    score = value;
    problem.textContent = "";
  });
  const problem = el("p", { class: "field-error", role: "alert" });
  const programme = field("Survey", "programme", { tag: "select" });
  programme.querySelector("select").append(...PROGRAMMES.map(([value, text]) => el("option", { value, text })));
  const form = el(
    "form",
    { class: "answer-form", novalidate: true },
    scores.node,
    problem,
    field("Comment", "comment", { tag: "textarea", rows: 3, note: "(optional)" }),
    el(
      "div",
      { class: "answer-grid" },
      field("Name", "name"),
      field("Email", "email", { inputmode: "email" }),
      field("Company", "account_name"),
      field("ACV in dollars", "acv", { inputmode: "numeric" }),
      field("Renewal date", "renewal_date", { type: "date" }),
      field("Segment", "segment"),
      programme,
    ),
  );
  const fill = (example) => {
    for (const [name, value] of Object.entries({
      programme: "relational",
      ...example,
      renewal_date: inDays(example.renewal_days),
    })) {
      if (form.elements.namedItem(name)) form.elements.namedItem(name).value = String(value);
    }
    scores.choose(example.score);
  };
  const examples = el(
    "div",
    { class: "examples", role: "group", "aria-label": "Ready examples" },
    el("span", { class: "muted", text: "Examples:" }),
    EXAMPLES.map((example) =>
      el(
        "button",
        { type: "button", class: "btn btn-small", onclick: () => fill(example) },
        `${example.score} · ${example.label}`,
      ),
    ),
  );
  const submit = el("button", { type: "button", class: "btn btn-primary", text: "Send answer" });
  const send = async () => {
    if (score === null) {
      problem.textContent = "Please choose a score from 0 to 10.";
      scores.node.querySelector("button").focus();
      return;
    }
    if (submit.getAttribute("aria-busy")) return;
    submit.setAttribute("aria-busy", "true");
    try {
      const body = read(form, score);
      const answer = await api.answer({ source: "generic", ...body });
      if (answer.status !== 200)
        throw new Error(`winback answered ${answer.status}${answer.body ? `: ${answer.body}` : ""}.`);
      handle.remove();
      announce(app, body);
    } catch (failure) {
      problem.textContent = failure.message;
    }
    submit.removeAttribute("aria-busy");
  };
  submit.addEventListener("click", send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  const close = () => handle.remove();
  const handle = openDialog({
    title: "Send an answer",
    wide: true,
    close,
    body: el(
      "div",
      {},
      el("p", { class: "muted dialog-lead", text: "As a customer would, through the survey tool's signed hook." }),
      examples,
      form,
    ),
    footer: el(
      "footer",
      { class: "dialog-foot" },
      el("button", { type: "button", class: "btn", text: "Cancel", onclick: close }),
      submit,
    ),
  });
  focusFirst(handle, scores.node.querySelector("button"));
}
