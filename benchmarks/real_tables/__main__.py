"""Real tables with the proposed defaults, beside other programs: `python -m benchmarks.real_tables`.

Each table is divided three times, a quarter held out. The service gets the training rows as CSV, proposes a network and
a training, and both are sent back as they are; the held-out rows are then asked for over HTTP. Peers get the same rows
and have their defaults: scikit-learn's MLP, RandomForest and HistGradientBoosting, and LightGBM, CatBoost and RealMLP
where they are installed. `--folder` adds the CSV files of a folder (see `tables.of_folder`). Seconds are those of the
training, on two cores. `--ablation` compares the proposal with itself, one ingredient less each time, instead.

With `--results`, what is measured is appended to a file, and what it has is not measured again: a run can be
interrupted, and peers can run in an environment of their own (`--methods`).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from benchmarks.real_tables.ablation import CHANGES
from benchmarks.real_tables.figures import Answers, Means, figures, gain, mean_ranks, wins
from benchmarks.real_tables.ours import through_service
from benchmarks.real_tables.peers import answers_of, installed
from benchmarks.real_tables.results import Results
from benchmarks.real_tables.tables import Split, tables
from tests.acceptance.client import Client
from tests.acceptance.running import running

OWN = "Feedforward"
#: Figures that rank: for classes and for numbers; whether more of them is better.
RANKED = ((("accuracy", "r2"), True), (("log_loss", "rmse"), False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="CSV files to add")
    parser.add_argument("--tables", default="", help="only these, by name and separated by commas")
    parser.add_argument("--members", type=int, help="propose ensembles of so many networks instead of the default")
    parser.add_argument("--methods", default="", help="only these, separated by commas")
    parser.add_argument("--ablation", action="store_true", help="the proposal without one ingredient each time")
    parser.add_argument("--results", type=Path, help="a file of what is measured, to go on from")
    parser.add_argument("--quick", action="store_true", help="one split, to see that all works")
    options = parser.parse_args()
    offered = [OWN, *CHANGES] if options.ablation else [OWN, *installed()]
    methods = _listed(options.methods) or offered
    results, splits = Results(options.results), range(1 if options.quick else options.splits)
    found: list[Means] = []
    print("\n".join(_head(methods)))
    with ExitStack() as stack:
        ask = _Asked(stack, options.members)
        for table in tables(options.folder, _listed(options.tables)):
            for split in map(table.split, splits):
                for method in methods:
                    if not results.has(table.name, split.seed, method):
                        results.add(table.name, split.seed, method, figures(split, ask.about(method, split)))
            means = results.means(table.name, methods, splits)
            found.append(means)
            print("\n".join(_lines(table.name, len(table.rows), means, methods)), flush=True)
    print("\n".join(compared(found, methods) if options.ablation else summary(found, methods)))


def _listed(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


class _Asked:
    """The methods; the service starts once it is asked."""

    def __init__(self, stack: ExitStack, members: int | None) -> None:
        self._stack, self._members = stack, members

    def about(self, method: str, split: Split) -> Answers:
        if method == OWN or method in CHANGES:
            return through_service(self._client, split, self._members, method, CHANGES.get(method))
        return answers_of(method, split)

    @cached_property
    def _client(self) -> Client:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        return Client(self._stack.enter_context(running(Path(folder) / "data")).url)


def _head(methods: Sequence[str]) -> Iterator[str]:
    yield f"| table | rows | figure | {' | '.join(methods)} |"
    yield "|---" * (len(methods) + 3) + "|"


def _lines(table: str, rows: int, means: Means, methods: Sequence[str]) -> Iterator[str]:
    for name, by in means.items():
        cells = (f"{by[method]:.4g}" if method in by else "" for method in methods)
        yield f"| {table} | {rows} | {name} | {' | '.join(cells)} |"


def compared(found: Sequence[Means], methods: Sequence[str]) -> Iterator[str]:
    """What the proposal is worth against each change of it: no table by its name."""
    yield f"\n| {OWN} against it, {len(found)} tables | log loss / RMSE | better, worse by over 2 % | ECE | seconds |"
    yield "|---|---|---|---|---|"
    own = methods[0]
    for method in methods[1:]:
        of_loss = [gain(table, RANKED[1][0], method, own) for table in found]
        mean = statistics.geometric_mean(of_loss) - 1
        better, worse = (sum(one < 0.98 for one in of_loss), sum(one > 1.02 for one in of_loss))
        ece = [table["ece"] for table in found if "ece" in table]
        gap = statistics.fmean(by[own] - by[method] for by in ece) if ece else 0.0
        time = statistics.geometric_mean(table["seconds"][own] / table["seconds"][method] for table in found)
        yield f"| {method} | {mean:+.1%} | {better}, {worse} | {gap:+.3f} | x {time:.1f} |"


def summary(found: Sequence[Means], methods: Sequence[str]) -> Iterator[str]:
    for names, up in RANKED:
        title = f"{' / '.join(names)}, {len(found)} tables"
        ranks = mean_ranks(found, names, methods, up=up)
        yield f"\n{title}: mean rank " + ", ".join(f"{method} {rank:.2f}" for method, rank in ranks.items())
        if OWN in methods:
            peers = [method for method in methods if method != OWN]
            against = (f"{peer} {wins(found, names, peer, OWN, up=up)}" for peer in peers)
            yield f"{title}: {OWN} wins-ties-losses against " + ", ".join(against)
    for name in ("ece", "auc", "average_precision", "f1", "seconds"):
        known = [table[name] for table in found if name in table]
        if known:
            means = (f"{method} {statistics.fmean(by[method] for by in known):.4g}" for method in methods)
            yield f"{name}, mean of {len(known)} tables: " + ", ".join(means)
    covered = [table["covered"][OWN] for table in found if "covered" in table]
    if covered:
        ends = f"{min(covered):.1%} to {max(covered):.1%}"
        yield f"90 % intervals cover {statistics.fmean(covered):.1%}, mean of {len(covered)} tables ({ends})"
        share = statistics.fmean(table["covered_as_promised"][OWN] for table in found if "covered" in table)
        yield f"splits of those tables within their 99 % beta-binomial band: {share:.0%}"


if __name__ == "__main__":
    main()
