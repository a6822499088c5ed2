// Whether a text is well-formed XML, as far as our SVG goes: one root, tags that nest, attributes in double
// quotes and once each, no stray '<' or '&', and no characters that XML forbids.

/** The text of each element, by its name; throws where the text is not well-formed. */
export function readXml(xml: string): Map<string, string[]> {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml)) {
    throw new Error('it holds a character that XML forbids');
  }
  const token = /<\/([\w:-]+)>|<([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  const texts = new Map<string, string[]>();
  const open: { name: string; text: string }[] = [];
  let roots = 0;
  const close = (name: string | undefined): void => {
    const element = open.pop();
    if (element?.name !== name) throw new Error(`</${name}> closes <${element?.name}>`);
    if (element) texts.set(element.name, [...(texts.get(element.name) ?? []), element.text]);
  };
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (!match) throw new Error(`not well-formed at: ${xml.slice(at, at + 60)}`);
    const [, closing, opening, attributes = '', empty, text] = match;
    checkReferences(text ?? attributes);
    if (closing !== undefined) close(closing);
    if (opening !== undefined) {
      if (open.length === 0) roots++;
      checkNames(attributes);
      open.push({ name: opening, text: '' });
      if (empty) close(opening);
    }
    const inside = open.at(-1);
    if (inside) inside.text += decode(text ?? '');
    else if (text?.trim()) throw new Error(`text outside of the root: ${text}`);
  }
  if (open.length > 0 || roots !== 1) throw new Error(`${roots} roots, ${open.length} left open`);
  return texts;
}

function checkReferences(text: string): void {
  if (/&(?!amp;|lt;|gt;|quot;)/.test(text)) throw new Error(`a stray '&' in: ${text}`);
}

function checkNames(attributes: string): void {
  const names = Array.from(attributes.matchAll(/([\w:-]+)="/g), ([, name]) => name);
  if (new Set(names).size !== names.length) throw new Error(`twice the same in: ${attributes}`);
}

function decode(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(\w+);/g, (_, name: string) => named[name] as string);
}
