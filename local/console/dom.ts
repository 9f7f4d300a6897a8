/** Everything that a caller or a template says becomes a text node, never HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (string | Node)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** The element of this id, which the page has. */
export function $<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as E;
}

export function button(label: string, act: () => void, className = ''): HTMLButtonElement {
  const node = element('button', className, label);
  node.type = 'button';
  node.onclick = act;
  return node;
}

/** A fold that is filled when somebody opens it first. */
export function fold(summary: (string | Node)[], fill: () => Node): HTMLDetailsElement {
  const node = element('details', '', element('summary', '', ...summary));
  node.ontoggle = () => {
    if (node.childElementCount === 1) node.append(fill());
  };
  return node;
}

/** JSON to read; a clip is a megabyte of Base64. */
export const json = (value: unknown) =>
  element(
    'pre',
    '',
    JSON.stringify(value, (_key, part) => shortened(part), 2),
  );

const shortened = (value: unknown) =>
  typeof value === 'string' && value.length > 2000
    ? `${value.slice(0, 100)}… (${value.length} characters)`
    : value;
