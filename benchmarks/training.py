"""Times training against PyTorch, scikit-learn, JAX and the bare matrix products, on the same rows and start weights.

    python -m benchmarks.training --peer-python PATH/OF/A/VENV/WITH/requirements-bench.txt/bin/python

Each table gives the microseconds of a step (a whole epoch with shuffle and loss, over its steps) and the ratios of the
medians, with those of the best repeats in brackets. A ratio above 1 means that ours is faster, but for the column
"ours / floor". Within 10 % is a tie.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.engines.ours import STACK
from benchmarks.machine import OVERRIDES, describe
from benchmarks.race import ROOT, Entrant, Times, race, workers
from benchmarks.settings import SETTINGS

OURS, FLOOR = Entrant("ours"), Entrant("floor")
PYTHON = Entrant("ours, python")
PEERS = (
    "torch eager",
    "torch foreach",
    "torch fused",
    "torch compiled",
    "scikit-learn",
    "jax step",
    "jax scan",
    "jax scan of 64 epochs",
)
PARTS = ("speed", "threads", "stacked", "diagnostics", "memory")

#: First losses differ by the order of the rows, and scikit-learn has trained an epoch before it gets our start weights.
SAME_LOSS = 0.4


def main() -> None:
    options = read_options()
    for name in OVERRIDES:
        os.environ.pop(name, None)
    for line in describe():
        print(line)
    print(f"{os.cpu_count()} CPUs, {options.repeats} repeats of about {options.seconds} s, interleaved.\n")
    for part in options.parts:
        for line in {
            "speed": speed,
            "threads": threads,
            "stacked": stacked,
            "diagnostics": diagnostics,
            "memory": memory,
        }[part](options):
            print(line, flush=True)
        print()


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", default=os.environ.get("PEER_PYTHON", sys.executable))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--settings", nargs="+", choices=list(SETTINGS), default=list(SETTINGS))
    parser.add_argument("--optimizers", nargs="+", choices=["sgd", "adam"], default=["sgd", "adam"])
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.4, help="of one repeat, about")
    parser.add_argument("--quick", action="store_true", help="a few seconds for each table, to see that all works")
    options = parser.parse_args()
    if options.quick:
        options.repeats, options.seconds = 3, 0.05
    return options


def speed(options: argparse.Namespace) -> Iterator[str]:
    peers = [PYTHON, *(Entrant(name) for name in options.peers)]
    yield from table("One thread", [OURS, FLOOR, *peers], options.settings, options)


def threads(options: argparse.Namespace) -> Iterator[str]:
    ours, floor = Entrant("ours", 2), Entrant("floor", 2)
    peers = [OURS, *(Entrant(name, 2) for name in options.peers)]
    wide = [name for name in options.settings if name in "cde"]
    yield from table("Two threads", [ours, floor, *peers], wide, options)


def stacked(options: argparse.Namespace) -> Iterator[str]:
    stacks = [Entrant("ours, 64 stacked"), Entrant("ours, 64 stacked, one order")]
    yield f"{STACK} networks stacked: µs of a step of one network"
    gained = ("gain over Python", "gain")
    titles = ("in Python, one by one", "one by one", "stacked", *gained, "stacked, one order of the rows", *gained)
    yield from heading("setting", "optimizer", *titles)
    alone = [PYTHON, OURS]
    settings = [name for name in options.settings if name in "ab"]
    for setting, optimizer, times in races([*alone, *stacks], settings, options):
        cells = [us(times[one]) for one in alone]
        for stack in stacks:
            times[stack].of_steps = [value / STACK for value in times[stack].of_steps]
            cells += [us(times[stack]), *(ratio(times[other], times[stack]) for other in alone)]
        yield row(setting, optimizer, *cells)


def diagnostics(options: argparse.Namespace) -> Iterator[str]:
    bare, full = Entrant("ours, no diagnostics"), Entrant("ours, accuracy")
    yield "What the report costs: µs of a step, and the share added to a run without diagnostics"
    yield from heading("setting", "optimizer", "bare", "+ diagnostics", "added", "+ accuracy", "added")
    settings = [name for name in options.settings if name in "bcde"]
    for setting, optimizer, times in races([bare, OURS, full], settings, options):
        shares = [cell for one in (OURS, full) for cell in (us(times[one]), added(times[one], times[bare]))]
        yield row(setting, optimizer, us(times[bare]), *shares)


def memory(options: argparse.Namespace) -> Iterator[str]:
    yield "Peak memory of training beyond the caller's rows, MB"
    yield from heading(
        "setting", "optimizer", "peak", "data", "parameters", "activations", "(peak - data - act.) / par."
    )
    for name in (name for name in options.settings if name in "cde"):
        for optimizer in options.optimizers:
            command = [sys.executable, "-m", "benchmarks.memory", name, optimizer]
            environment = OURS.environment()
            answer = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
            yield memory_row(name, optimizer, json.loads(answer.stdout)["bytes"])


def memory_row(name: str, optimizer: str, peak: int) -> str:
    """Data are one copy of the rows; activations are what a batch's inputs take, and its units and their deltas."""
    setting = SETTINGS[name]
    data = 4 * setting.rows * (setting.widths[0] + setting.widths[-1])
    parameters = 4 * setting.parameters
    activations = 4 * setting.batch_size * (setting.widths[0] + 2 * sum(setting.widths[1:]))
    cells = [f"{size / 1e6:.1f}" for size in (peak, data, parameters, activations)]
    return row(name, optimizer, *cells, f"{(peak - data - activations) / parameters:.2f}")


def table(
    title: str, entrants: Sequence[Entrant], settings: Sequence[str], options: argparse.Namespace
) -> Iterator[str]:
    """The first entrant is ours, the second the floor, the others are what ours is compared to."""
    ours, floor, *others = entrants
    yield f"{title}: µs of a step, ours / floor, and the others' time / ours"
    yield from heading("setting", "optimizer", "floor", "ours", "ours / floor", *(other.title for other in others))
    for setting, optimizer, times in races(entrants, settings, options):
        ratios = [ratio(times[other], times[ours]) for other in others]
        yield row(setting, optimizer, us(times[floor]), us(times[ours]), ratio(times[ours], times[floor]), *ratios)
        yield from strangers(times, setting, optimizer)


def races(
    entrants: Sequence[Entrant], settings: Sequence[str], options: argparse.Namespace
) -> Iterator[tuple[str, str, dict[Entrant, Times]]]:
    with workers(entrants, options.peer_python) as running:
        for setting in settings:
            for optimizer in options.optimizers:
                times = race(running, setting, optimizer, repeats=options.repeats, seconds=options.seconds)
                yield setting, optimizer, times


def strangers(times: Mapping[Entrant, Times], setting: str, optimizer: str) -> Iterator[str]:
    """Say when an engine's first loss shows that it did other work than ours; the floor has none."""
    expected = next(time.first_loss for entrant, time in times.items() if entrant.is_ours)
    for entrant, time in times.items():
        if abs(time.first_loss / expected - 1) > SAME_LOSS and not math.isnan(time.first_loss):
            losses = f"{time.first_loss:.4g}, ours {expected:.4g}"
            yield f"NOTE {setting} {optimizer}: {entrant.title}'s first loss was {losses}"


def us(times: Times) -> str:
    return f"{times.median:,.1f} ({times.best:,.1f})"


def ratio(over: Times, under: Times) -> str:
    return f"{over.median / under.median:.2f} [{over.best / under.best:.2f}]"


def added(more: Times, less: Times) -> str:
    return f"{more.median / less.median - 1:+.1%} [{more.best / less.best - 1:+.1%}]"


def heading(*cells: str) -> Iterator[str]:
    yield row(*cells)
    yield row(*("---" for _ in cells))


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
