"""A network as one Python file that needs NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from service.data.preprocessing.targets import BooleanTarget
from service.data.signatures.classes import Classifier
from service.data.signatures.numbered import numbered
from service.domain.release import VERSION
from service.engine.arrays import Floats
from service.engine.units import Units
from service.exports.known import reject_unknown
from service.exports.program.code import literal
from service.exports.program.covering import covering
from service.exports.program.encoding import column_calls
from service.exports.program.network import statements, weight_functions, weights
from service.exports.program.sources import imports, names_in, sources
from service.exports.source import Source

HEAD = '''"""{name}: a network as one file. It needs Python 3.11 or newer, and NumPy.

    predict(rows)        {answers}{chances}{covering}

Rows are {rows}.
From the command line: python {name}.py < rows.csv > predictions.csv

Snapshot {snapshot}, written by Feedforward {release}.
"""'''
CHANCES = "\n    predict_proba(rows)  the probability of each of CLASSES, (rows, classes)"


def program(source: Source) -> str:
    """Raises NotExportable."""
    reject_unknown(source, "python")
    own = "\n".join(_own(source))
    parts = sources({*names_in(own), *weight_functions(source)})
    head = "\n".join([_head(source), "", "from __future__ import annotations", "", *imports(parts)])
    tensors = "\n".join(["W = {", *weights(source), "}"])
    return f"{head}\n\nimport numpy as np\n\n\n{parts}\n\n\n#: The weights of each layer.\n{tensors}\n\n{own}\n"


def _head(source: Source) -> str:
    rows = "objects by column, a list of them or a pandas DataFrame; None is a missing cell"
    if source.fitted is None:
        rows = f"lists of {source.network.inputs} numbers"
    return HEAD.format(
        name=source.name,
        answers=_answers(source),
        chances=CHANCES if _gives_probabilities(source) else "",
        covering=_covering(source),
        rows=rows,
        snapshot=source.snapshot,
        release=VERSION,
    )


def _covering(source: Source) -> str:
    found = covering(source, ())
    return "" if found is None else f"\n    {found.function + '(rows)':<20} {found.about}"


def _answers(source: Source) -> str:
    classifier = source.signature.classifier
    if classifier is None:
        return "numbers, (rows,) or (rows, outputs)"
    return "whether each of CLASSES holds, (rows, classes)" if classifier.multilabel else "one of CLASSES, (rows,)"


def _gives_probabilities(source: Source) -> bool:
    classifier = source.signature.classifier
    return classifier is not None and classifier.gives_probabilities


def _own(source: Source) -> Iterator[str]:
    """What only this network has."""
    classifier = source.signature.classifier
    if classifier is not None:
        yield f"CLASSES = {literal(_classes(source, classifier))}"
    yield from ("", "", "def encode(rows):", '    """The network\'s inputs (rows, inputs)."""', *_encode(source))
    yield from ("", "", "def outputs(rows):", '    """The network\'s outputs (rows, outputs)."""')
    yield '    with np.errstate(all="ignore"):'
    yield from (f"        {line}" for line in ("x = encode(rows)", *statements(source), "return x"))
    yield from ("", "", "def predict(rows):", f'    """{_answers(source).capitalize()}."""', *_predict(source))
    if _gives_probabilities(source):
        yield from ("", "", "def predict_proba(rows):", '    """The probability of each of CLASSES."""')
        if source.network.outputs > 1:
            yield "    return outputs(rows)"
        else:
            yield from ("    y = outputs(rows)", "    return np.hstack([1 - y, y])")
    names, functions = [*_predicted_names(source), *_probability_names(source)], ["predict"]
    functions += ["predict_proba"] if _gives_probabilities(source) else []
    found = covering(source, _predicted_names(source))
    if found is not None:
        yield from ("", "", f"def {found.function}(rows):", f'    """{found.about[0].upper()}{found.about[1:]}."""')
        yield f"    return {found.code}"
        names, functions = [*names, *found.names], [*functions, found.function]
    arguments = f"{literal(_input_names(source))}, {literal(names)}, {', '.join(functions)}"
    yield from ("", "", 'if __name__ == "__main__":', f"    run({arguments})")


def _classes(source: Source, classifier: Classifier) -> list[str | bool | int]:
    """As `predict` returns them: false and true for a target of yes and no, an index where there are no labels."""
    fitted, multilabel = source.fitted, classifier.multilabel
    if fitted is not None and isinstance(fitted.spec.target[0].column, BooleanTarget) and not multilabel:
        return [False, True]
    return list(classifier.form.labels or range(len(classifier.form.names)))


def _encode(source: Source) -> Iterator[str]:
    dtype = source.network.dtype.name
    if source.fitted is None:
        names = literal(_input_names(source))
        yield f'    return finite(matrix(rows, {source.network.inputs}, {names}), "{dtype}")'
        return
    yield "    rows = as_rows(rows)"
    yield "    columns = ["
    yield from (f"        *{code}," for code in column_calls(source.fitted))
    yield from ("    ]", f'    return finite(np.stack(columns, axis=1), "{dtype}")')


def _input_names(source: Source) -> list[str]:
    """The columns a row must have; none for a network of numbers without names."""
    return list(source.signature.encoded_names or ()) if source.fitted is None else list(source.fitted.spec.columns)


def _predict(source: Source) -> Iterator[str]:
    classifier = source.signature.classifier
    if classifier is None:
        units = source.signature.units
        tail = "[:, 0]" if source.network.outputs == 1 else ""
        yield f"    return {_restored(units)}{tail}"
    elif classifier.multilabel:
        yield f"    return outputs(rows) > {classifier.middle}"
    elif source.network.outputs == 1:
        yield f"    return np.array(CLASSES)[(outputs(rows)[:, 0] > {classifier.middle}).astype(int)]"
    elif (threshold := classifier.threshold) is not None:
        own = f"y[:, {threshold.index}]"
        yield "    y = outputs(rows)"
        yield f"    {own} = np.where({own} > {threshold.value!r}, 2, -1)  # its threshold"
        yield "    return np.array(CLASSES)[y.argmax(axis=1)]"
    else:
        yield "    return np.array(CLASSES)[outputs(rows).argmax(axis=1)]"


def _restored(units: Units | None) -> str:
    """The outputs in the user's units."""
    if units is None:
        return "outputs(rows)"
    numbers = f"outputs(rows) * {literal(units.scale.tolist())} + {literal(units.shift.tolist())}"
    if units.low is None or units.high is None:
        return f"({numbers})"
    return f"np.clip({numbers}, {_ends(units.low)}, {_ends(units.high)})"


def _ends(numbers: Floats) -> str:
    """A list of numbers, of which some may be infinite."""
    texts = (repr(end) if np.isfinite(end) else f"{'-' * (end < 0)}np.inf" for end in numbers.tolist())
    return f"[{', '.join(texts)}]"


def _predicted_names(source: Source) -> list[str]:
    """The first line of the command line's answers."""
    classifier, targets = source.signature.classifier, source.signature.target_names
    if targets:
        return list(targets)
    if classifier is None:
        return numbered("output", source.network.outputs)
    return [f"is_{name}" for name in classifier.form.names] if classifier.multilabel else ["label"]


def _probability_names(source: Source) -> list[str]:
    if not _gives_probabilities(source):
        return []
    return [f"probability_{name}" for name in source.signature.form.names]
