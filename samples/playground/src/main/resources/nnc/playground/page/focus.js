// Where the keyboard is, while parts of the page are built anew.

function selectorOf(element) {
  if (!element || element === document.body) {
    return null;
  }
  const label = element.getAttribute('aria-label');
  return element.id ? `#${CSS.escape(element.id)}` : label ? `[aria-label="${CSS.escape(label)}"]` : null;
}

/** Does work that may replace elements: what had the focus has it again afterwards, or if that cannot be used any more a button beside it. */
export function keepingFocus(work) {
  const selector = selectorOf(document.activeElement);
  work();
  if (selector && document.activeElement === document.body) {
    const element = document.querySelector(selector);
    (element?.disabled ? element.parentElement.querySelector('button:enabled') : element)?.focus({ preventScroll: true });
  }
}
