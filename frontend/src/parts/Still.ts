import { Component, type ComponentChildren } from "preact";

interface Props {
  on: readonly unknown[];
  children: () => ComponentChildren;
}

/**
 * What stays as it is until something in `on` changes, however often the page around it is drawn. Elements kept in `useMemo`
 * would do the same, but each holds on to the tree that it was made in, and these to one another.
 */
export class Still extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.on.some((each, index) => each !== this.props.on[index]);
  }

  override render({ children }: Props): ComponentChildren {
    return children();
  }
}
