"""`demo`: the main job on a real data set, over HTTP."""

from __future__ import annotations

import click


@click.command()
@click.option("--url", help="Address of a running service; without it, the demo starts one of its own for a moment.")
def demo(url: str | None) -> None:
    """Create, train, judge and ask a network of penguins, and show the same calls as curl lines."""
    from service.demo.tour import tour

    tour(url)
