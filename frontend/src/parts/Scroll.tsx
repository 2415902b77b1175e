import type { ComponentChildren } from "preact";

/** What may be wider than the page: it scrolls inside, by keys too, and has a name for screen readers. */
export function Scroll({
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
    <section class={`scroll ${more}`.trim()} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
