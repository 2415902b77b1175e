import type { ComponentChildren } from "preact";

interface Props {
  /** Percent of the width. */
  width: number;
  /** Percent from the left. */
  x?: number;
  class?: string | undefined;
  style?: { fill: string } | undefined;
  /** Drawn over the bar. */
  children?: ComponentChildren;
}

/** One bar of a table; the number stands beside it. */
export const ShareBar = ({ children, ...bar }: Props) => (
  <svg class="share" aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none">
    <rect class="share-ground" width="100" height="10" />
    <rect {...bar} height="10" />
    {children}
  </svg>
);
