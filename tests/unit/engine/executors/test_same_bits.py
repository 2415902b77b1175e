"""Both executors give the same bytes: weights, optimizer slots, losses and diagnostics."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.engine.clipping import CLIPPINGS
from service.engine.evaluation import evaluate
from service.engine.inference import Predictor
from service.engine.losses.table import LOSSES
from service.engine.optimizers import OPTIMIZERS
from service.engine.training.state import TrainingState
from tests.examples import examples
from tests.unit.engine.executors.comparing import (
    LAYERS,
    OUTPUTS,
    both,
    catalogue,
    executor,
    network_of,
    settings_of,
    stacked,
    trained,
    why_not,
)
from tests.unit.engine.factories import a_trainer, some_rows, some_values

ROOT = Path(__file__).parents[4]
pytestmark = pytest.mark.skipif(bool(why_not()), reason=f"no native executor: {why_not()}")

CATALOGUE = {about: (hidden, settings) for about, hidden, settings in catalogue()}
DTYPES = ["float32", "float64"]


@pytest.mark.parametrize("about", [about for about in CATALOGUE if about not in LOSSES])
def test_every_layer_with_every_optimizer(about):
    """In one of the two precisions: each layer, each optimizer and each size of a batch meets both."""
    hidden, settings = CATALOGUE[about]
    number = list(CATALOGUE).index(about)
    dtype = DTYPES[(number + number // 4) % 2]  # batches have one of four sizes in turn
    python, native = both(lambda: trained(hidden, dtype=dtype, **settings))
    assert python == native


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", list(LOSSES))
def test_every_loss(loss, dtype):
    hidden, settings = CATALOGUE[loss]
    python, native = both(lambda: trained(hidden, dtype=dtype, **settings))
    assert python == native


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("about", [about for about in LAYERS if about not in ("batch_norm", "normalised inputs")])
def test_two_threads(about, dtype):
    settings = settings_of(list(LAYERS).index(about)) | {"batch_size": 8, "threads": 2}
    python, native = both(lambda: trained(LAYERS[about], dtype=dtype, **settings))
    assert python == native


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("about", [about for about in LAYERS if about != "normalised inputs"])
def test_a_stack_of_networks(about, dtype):
    number = list(LAYERS).index(about)
    settings = settings_of(number) | {"optimizer": [*OPTIMIZERS][number % 9]}
    python, native = both(lambda: stacked(LAYERS[about], dtype=dtype, **settings))
    assert python == native


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_a_stack_with_every_optimizer(optimizer):
    python, native = both(lambda: stacked(LAYERS["batch_norm"], optimizer=optimizer))
    assert python == native


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("about", LAYERS)
def test_predictions_of_one_row(about, dtype):
    network = network_of(LAYERS[about], dtype=dtype)
    values, rows = some_values(network), some_rows(network)
    python, native = both(lambda: [Predictor(network, values).predict(row[None]).tobytes() for row in rows.inputs])
    assert python == native


@pytest.mark.parametrize("about", LAYERS)
def test_validation_rows(about):
    network = network_of(LAYERS[about], dtype=DTYPES[list(LAYERS).index(about) % 2])
    rows, validation = some_rows(network, 27), some_rows(network, 9, seed=1)

    def validated():
        trainer = a_trainer(network, rows, validation=validation, epochs=2, batch_size=8, metrics=["mae"])
        reports = []
        for report in trainer.epochs():
            assert report.val_loss == evaluate(network, trainer.values, validation)["loss"]
            reports.append(repr(report))
        return reports

    python, native = both(validated)
    assert python == native


@pytest.mark.parametrize("order", [("python", "native"), ("native", "python")])
@pytest.mark.parametrize("about", ["tanh", "batch_norm", "dropout"])
def test_a_checkpoint_of_one_goes_on_in_the_other(about, order):
    network = network_of(LAYERS[about], dtype="float32")
    rows = some_rows(network, 27)

    def trainer(state=None):
        return a_trainer(network, rows, state=state, epochs=6, batch_size=8)

    with executor(order[0]):
        whole = trainer()
        expected = list(whole.epochs())
        half = trainer()
        for _ in zip(range(3), half.epochs(), strict=False):
            pass
        text, arrays = json.dumps(half.state().to_json()), half.state().to_arrays()
    with executor(order[1]):
        resumed = trainer(TrainingState.restore(json.loads(text), arrays))
        later = list(resumed.epochs())
    assert later == expected[3:]
    assert resumed.values.tobytes() == whole.values.tobytes()


HIDDEN = st.lists(st.sampled_from([name for name in LAYERS if name not in ("embedding", "residual")]), max_size=3)


@hypothesis_settings(max_examples=examples(20), deadline=None)
@given(
    hidden=HIDDEN,
    loss=st.sampled_from(list(LOSSES)),
    dtype=st.sampled_from(DTYPES),
    count=st.integers(1, 40),
    weighted=st.booleans(),
    options=st.fixed_dictionaries(
        {
            "optimizer": st.sampled_from(list(OPTIMIZERS)),
            "batch_size": st.sampled_from([1, 2, 3, 8, 31, "full"]),
            "clipping": st.sampled_from([None, *({"type": name, "limit": 0.05} for name in CLIPPINGS)]),
            "threads": st.sampled_from([1, 1, 2, 3]),
        }
    ),
)
def test_any_network(hidden, loss, dtype, count, weighted, options):
    layers = [layer for name in hidden for layer in LAYERS[name]]
    if any(layer["type"] == "batch_norm" for layer in layers):
        options |= {"threads": 1}
    python, native = both(
        lambda: trained(layers, loss=loss, dtype=dtype, count=count, weighted=weighted, epochs=2, **options)
    )
    assert python == native


def test_large_layers():
    wide = [{"type": "dense", "units": 300, "activation": "relu"}, {"type": "dense", "units": 200}]
    for optimizer in ("sgd", "adam", "rmsprop"):
        python, native = both(lambda o=optimizer: trained(wide, optimizer=o, count=70, batch_size=33))
        assert python == native


FEATURES = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"


@pytest.mark.parametrize(
    "environment",
    [{"NPY_DISABLE_CPU_FEATURES": FEATURES}, {"OPENBLAS_CORETYPE": "Haswell"}, {"OPENBLAS_CORETYPE": "Nehalem"}],
    ids=["without wide SIMD", "Haswell", "Nehalem"],
)
def test_other_processors(environment):
    command = [sys.executable, "-m", "tests.unit.engine.executors.comparing"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "DIFFERS" not in done.stdout


def test_every_loss_has_an_output_that_fits():
    assert set(OUTPUTS) <= set(LOSSES)
