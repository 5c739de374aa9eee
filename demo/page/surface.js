// What the elements of one message or view need to speak to the app behind them.

import { world } from "./world.js";

function busy(node, on) {
  if (!node?.isConnected) return;
  if (on) node.setAttribute("aria-busy", "true");
  else node.removeAttribute("aria-busy");
}

/** `where` names the surface to the server: {channel, message_ts} or {view_id}. */
export function surface(app, where, form) {
  return {
    form,
    where,
    me: world.me.id,
    dispatch: async (block, element, payload, node) => {
      if (node?.getAttribute("aria-busy") === "true") return;
      busy(node, true);
      await app.act({
        kind: "block_action",
        ...where,
        block_id: block.block_id,
        action_id: element.action_id,
        ...payload,
        state_values: form.values(),
      });
      busy(node, false);
    },
    suggest: (block, element, query) =>
      app.suggest({ ...where, block_id: block.block_id, action_id: element.action_id, value: query }),
  };
}
