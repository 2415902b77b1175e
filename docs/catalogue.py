"""Writes docs/catalogue.md from the engine's registries: `python -m docs.catalogue`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING
from pathlib import Path
from typing import Any

from service.engine.activations.table import ACTIVATIONS
from service.engine.clipping import CLIPPINGS
from service.engine.initializers import INITIALIZERS
from service.engine.layers.table import LAYERS
from service.engine.losses.table import LOSSES
from service.engine.metrics.table import METRICS
from service.engine.optimizers import OPTIMIZERS
from service.engine.schedules import SCHEDULES
from service.schema.fields import Choice, Nested, Registry, Spec, spec_fields, write_value
from service.schema.rules import Flag, Grid, Integer, Items, Number, OneOf, OrWord, Rule, Text

PAGE = Path(__file__).with_name("catalogue.md")
TABLES: dict[str, Registry[Any]] = {
    "Layers": LAYERS,
    "Activations": ACTIVATIONS,
    "Losses": LOSSES,
    "Optimizers": OPTIMIZERS,
    "Schedules": SCHEDULES,
    "Initializers": INITIALIZERS,
    "Clipping": CLIPPINGS,
    "Metrics": METRICS,
}
INTRODUCTION = """# Catalogue

All layers, activations, losses, optimizers, schedules, initializers, clipping methods and metrics. In a spec, use a
bare name (`"relu"`) or an object with options (`{"type": "leaky_relu", "negative_slope": 0.1}`). This page is generated
from the engine's own registries (`python -m docs.catalogue`), so it is complete.
"""


def page() -> str:
    return "\n".join([INTRODUCTION, *(line for title, table in TABLES.items() for line in section(title, table))])


def section(title: str, table: Registry[Any]) -> Iterator[str]:
    yield f"## {title}\n"
    for name in table:
        entry = table[name]
        yield f"### `{name}`\n"
        yield f"    {entry.formula}\n"
        yield f"{entry.source}.\n"
        options = list(option_lines(entry))
        if options:
            yield "| option | allowed values | default | meaning |\n|---|---|---|---|"
            yield from options
            yield ""
            yield from nested_lines(entry)


def nested_lines(entry: type[Spec]) -> Iterator[str]:
    """The options of the objects in a list."""
    for item in spec_fields(entry):
        match item.metadata["rule"]:
            case Items(rule=Nested(spec=spec)):
                yield f"Each item of `{item.name}`:\n"
                yield "| option | allowed values | default | meaning |\n|---|---|---|---|"
                yield from option_lines(spec)
                yield ""


def option_lines(entry: type[Spec]) -> Iterator[str]:
    for item in spec_fields(entry):
        required = item.default is MISSING
        default = "required" if required else f"`{shown(write_value(item, item.default))}`"
        meaning = item.metadata["help"].replace("|", "\\|")
        yield f"| `{item.name}` | {allowed(item.metadata['rule'])} | {default} | {meaning} |"


def shown(value: Any) -> str:
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def allowed(rule: Rule) -> str:  # noqa: C901  # one case for each rule
    match rule:
        case Integer():
            limits = [f"at least {rule.minimum}"] if rule.minimum is not None else []
            return " ".join(["whole number", *limits])
        case Number():
            return f"number {rule.range_in_words()}".strip()
        case Flag():
            return "true or false"
        case Text():
            return "text"
        case OneOf():
            return ", ".join(rule.words)
        case OrWord():
            return f'{allowed(rule.rule)} or "{rule.word}"'
        case Items():
            return f"list of {allowed(rule.rule)}"
        case Grid():
            return "list of numbers" if rule.dimensions == 1 else "list of lists of numbers"
        case Nested():
            return f"object with {', '.join(f'`{item.name}`' for item in spec_fields(rule.spec))}"
        case Choice():
            return f"{'an' if rule.table.kind[0] in 'aeiou' else 'a'} {rule.table.kind}"
    raise TypeError(f"no description for {type(rule).__name__}")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
