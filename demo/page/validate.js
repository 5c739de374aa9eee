// What Slack's client checks before it sends a form. The app's own rules come back as response_action errors.

const EMPTY = "Please complete this required field.";

function isEmpty(state) {
  const { type, ...values } = state ?? {};
  return Object.values(values).every(
    (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0),
  );
}

function textError(element, value) {
  const length = [...value].length;
  if (element.min_length && length < element.min_length)
    return `Please write at least ${element.min_length} characters.`;
  if (element.max_length && length > element.max_length)
    return `Please shorten this by ${length - element.max_length} characters.`;
  return null;
}

function numberError(element, value) {
  const pattern = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(value))
    return element.is_decimal_allowed ? "Please enter a number, for example 4.5." : "Please enter a whole number.";
  if (element.min_value !== undefined && Number(value) < Number(element.min_value))
    return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && Number(value) > Number(element.max_value))
    return `Please enter ${element.max_value} or less.`;
  return null;
}

const CHECKS = {
  plain_text_input: textError,
  number_input: numberError,
  email_text_input: (_, value) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : "Please enter an email address, for example dana@example.com.",
  url_text_input: (_, value) =>
    /^https?:\/\/\S+\.\S+$/i.test(value) ? null : "Please enter a link that starts with http:// or https://.",
};

/** {block_id: sentence} for every input block of `blocks` that can't be sent as it is. */
export function problems(blocks, form) {
  const out = {};
  for (const block of blocks) {
    if (block.type !== "input") continue;
    const state = form.read(block, block.element);
    if (isEmpty(state)) {
      if (!block.optional) out[block.block_id] = EMPTY;
      continue;
    }
    const problem = CHECKS[block.element.type]?.(block.element, state.value);
    if (problem) out[block.block_id] = problem;
  }
  return out;
}
