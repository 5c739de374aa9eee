// The workspace's clock in the header, and the three ways to push it on.

import { api } from "./api.js";
import { headerTime } from "./dates.js";
import { el } from "./dom.js";
import { toast } from "./toast.js";
import { now, setClock, zone } from "./world.js";

const STEPS = [
  ["+1 h", 3600, "one hour"],
  ["+1 day", 86_400, "one day"],
  ["+30 days", 30 * 86_400, "30 days"],
];

/** Draw the clock into `root`; answers a function that brings the shown time up to date. */
export function drawClock(app, root) {
  const face = el("time", { class: "clock-face" });
  const buttons = STEPS.map(([label, seconds, words]) =>
    el("button", {
      type: "button",
      class: "btn btn-top",
      text: label,
      "aria-label": `Move the clock on by ${words}`,
      onclick: async (event) => {
        const button = event.currentTarget;
        button.setAttribute("aria-busy", "true");
        try {
          setClock((await api.moveClock(seconds)).now);
          update();
          app.clockMoved();
          toast(`It is now ${headerTime(now())}.`);
        } catch (problem) {
          toast(problem.message, { error: true });
        }
        button.removeAttribute("aria-busy");
      },
    }),
  );
  function update() {
    face.textContent = headerTime(now());
    face.title = `In ${zone()}`;
  }
  root.replaceChildren(
    face,
    el("div", { class: "segmented", role: "group", "aria-label": "Move the clock on" }, buttons),
  );
  update();
  setInterval(update, 10_000);
  return update;
}
