"""`search`: the best network for a table, over HTTP."""

from __future__ import annotations

import click


@click.command()
@click.argument("table")
@click.argument("target")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the running service.")
@click.option("--key", envvar="FEEDFORWARD_KEY", help="API key.  [default: FEEDFORWARD_KEY]")
@click.option("--name", help="Name of the search.  [default: its id]")
@click.option("--trials", type=int, help="Trials in all.  [default: 40]")
@click.option("--parallel", type=int, help="Trials at the same time.  [default: 2]")
@click.option("--seconds", type=float, help="No trial begins once all have trained for so long together.")
@click.option("--folds", type=int, help="Judge each trial by so many folds.")
@click.option("--repeats", type=int, help="Train each trial from so many seeds.")
@click.option("--cancel/--leave", "cancels", default=False, help="What Ctrl-C does.  [default: leave it to go on]")
def search(
    table: str,
    target: str,
    url: str,
    key: str | None,
    name: str | None,
    trials: int | None,
    parallel: int | None,
    seconds: float | None,
    folds: int | None,
    repeats: int | None,
    cancels: bool,
) -> None:
    """Search for the best network that predicts the column TARGET of TABLE: a file, or the name of a data set."""
    from service.demo import searching
    from service.demo.client import Client

    client = Client(url.rstrip("/"), key)
    limits = {"trials": trials, "parallel": parallel, "seconds": seconds}
    given = {limit: value for limit, value in limits.items() if value is not None}
    dataset = searching.dataset_of(client, table)
    body = {"name": name, "dataset": dataset, "target": target, "folds": folds, "repeats": repeats}
    ended = searching.search(client, {**body, "limits": given or None}, cancels=cancels)
    searching.show_best(client, ended)
