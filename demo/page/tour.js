// Three short steps for a first visit. They stand beside the workspace, never in front of it.

import { el, uid } from "./dom.js";

const SEEN = "winback-demo-tour";
const STEPS = [
  {
    title: "An unhappy customer",
    text: "This is a Slack workspace on your machine. Customers answered a survey; each score of 6 or less became a card in #nps-relational or #nps-onboarding.",
    target: "#sidebar .side-group",
  },
  {
    title: "Claim one",
    text: "Press Claim on a card: from then on one named person is responsible, and everybody sees who. Switch person at the top right to see it as a colleague.",
    target: "#people",
  },
  {
    title: "Make something happen",
    text: "Send another answer and watch its card appear. Type /nps help to see the commands. The clock moves time for everybody here.",
    target: "#actions",
  },
];

let card = null;

function point(target) {
  for (const node of document.querySelectorAll(".tour-target")) node.classList.remove("tour-target");
  if (target) document.querySelector(target)?.classList.add("tour-target");
}

function finish() {
  localStorage.setItem(SEEN, "done");
  point(null);
  card?.remove();
  card = null;
}

function draw(at) {
  const step = STEPS[at];
  const last = at === STEPS.length - 1;
  const id = uid("tour");
  const next = el("button", {
    type: "button",
    class: "btn btn-primary",
    text: last ? "Start" : "Next",
    onclick: () => (last ? finish() : draw(at + 1)),
  });
  const fresh = el(
    "section",
    { class: "tour", role: "dialog", "aria-labelledby": id, onkeydown: (event) => event.key === "Escape" && finish() },
    el("p", { class: "tour-count", text: `${at + 1} of ${STEPS.length}` }),
    el("h2", { id, text: step.title }),
    el("p", { text: step.text }),
    el(
      "div",
      { class: "tour-foot" },
      el("button", { type: "button", class: "btn btn-quiet", text: "Skip", onclick: finish }),
      next,
    ),
  );
  if (card) card.replaceWith(fresh);
  else document.body.append(fresh);
  card = fresh;
  point(step.target);
  next.focus();
}

/** Show the steps; on its own only once per browser. */
export function tour({ again = false } = {}) {
  if (again || localStorage.getItem(SEEN) !== "done") draw(0);
}
