// What happens when a person uses an element: ask if the app wants it asked, remember it, tell the app.

import { ask } from "./layers.js";
import { plain, textNode } from "./mrkdwn.js";

/** Where an element stands: `data-key` finds it again after a re-render. */
export function keyOf(block, element) {
  return `${block.block_id}/${element.action_id ?? ""}`;
}

/**
 * One use of `element`. `state` has the shape of Slack's state.values entry. Answers false when the person said no to
 * the app's confirm dialog. Elements of input blocks speak only when the block asks for it (dispatch_action).
 */
export async function decide(ctx, block, element, state, { node = null, remember = true } = {}) {
  if (element.confirm && !(await confirmed(element.confirm))) return false;
  if (remember) ctx.form.write(block, element, state);
  const { type, ...payload } = state;
  if (block.type !== "input" || block.dispatch_action) await ctx.dispatch(block, element, payload, node);
  return true;
}

function confirmed(confirm) {
  return ask({
    title: textNode(confirm.title),
    text: textNode(confirm.text, "div"),
    confirm: plain(confirm.confirm) || "Yes",
    deny: plain(confirm.deny) || "No",
    danger: confirm.style === "danger",
  });
}
