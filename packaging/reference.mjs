// A plugin of TypeDoc, for docs/api: a table of contents, and each option once, where it is declared.

import { Converter, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';

export function load(app) {
  // After TypeDoc has found out what is inherited, and before it groups what there is.
  app.converter.on(Converter.EVENT_RESOLVE_END, leaveOutInherited, -50);
  app.renderer.on(MarkdownPageEvent.END, addContents, -1_000);
}

function leaveOutInherited({ project }) {
  for (const property of project.getReflectionsByKind(ReflectionKind.Property)) {
    if (property.inheritedFrom && property.parent.kindOf(ReflectionKind.Interface)) {
      project.removeReflection(property);
    }
  }
}

/** From its headings: the groups, and what is in each. */
function addContents(page) {
  const contents = [];
  for (const [, level, title] of page.contents.matchAll(/^(##|###) (.+)$/gm)) {
    const anchor = title.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
    contents.push(
      level === '##'
        ? `\n- ${title}:`
        : ` [\`${title.replaceAll('\\', '')}\`](#${anchor.replaceAll(' ', '-')})`,
    );
  }
  const end = page.contents.indexOf('\n') + 1;
  page.contents = `${page.contents.slice(0, end)}${contents.join('')}\n${page.contents.slice(end)}`;
}
