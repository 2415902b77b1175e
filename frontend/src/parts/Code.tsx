import type { ComponentChildren } from "preact";

/** Text of a program, which scrolls inside, by keys too. */
export function Code({
  label,
  class: more = "",
  children,
}: {
  label: string;
  class?: string;
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key could scroll it
    // biome-ignore lint/a11y/useSemanticElements: a section would not keep the lines as they are
    <pre class={`code ${more}`.trim()} tabIndex={0} role="region" aria-label={label}>
      {children}
    </pre>
  );
}
