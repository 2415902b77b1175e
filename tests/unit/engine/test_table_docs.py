"""What documentation is made of: every name has a formula and a source, every field says what it is."""

from typing import Any

import pytest

from service.engine.activations.table import ACTIVATIONS
from service.engine.clipping import CLIPPINGS
from service.engine.initializers import INITIALIZERS
from service.engine.layers.embedding import EmbeddedColumn
from service.engine.layers.table import LAYERS
from service.engine.losses.table import LOSSES
from service.engine.metrics.table import METRICS
from service.engine.optimizers import OPTIMIZERS
from service.engine.schedules import SCHEDULES
from service.engine.spec import NetworkSpec
from service.engine.training.spec import EarlyStopping, TrainingSpec
from service.schema.fields import Registry, spec_fields

#: The names that the product promises.
PROMISED: dict[Registry[Any], str] = {
    LAYERS: "dense activation dropout batch_norm layer_norm residual embedding",
    ACTIVATIONS: "linear sigmoid tanh relu leaky_relu elu selu gelu gelu_exact swish softplus softsign "
    "hard_sigmoid mish softmax",
    LOSSES: "mean_squared_error half_squared_error mean_absolute_error huber log_cosh binary_cross_entropy "
    "cross_entropy poisson hinge",
    OPTIMIZERS: "sgd momentum nesterov adagrad rmsprop adadelta adam adamw nadam",
    SCHEDULES: "constant step exponential cosine one_cycle polynomial plateau",
    INITIALIZERS: "glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal uniform normal "
    "orthogonal zeros constant",
    METRICS: "accuracy top_k_accuracy precision recall f1 roc_auc average_precision log_loss mae rmse r2 mape",
    CLIPPINGS: "value norm global_norm",
}

ENTRIES = [table[name] for table in PROMISED for name in table]
SPECS = [*ENTRIES, NetworkSpec, TrainingSpec, EarlyStopping, EmbeddedColumn]


@pytest.mark.parametrize("table", PROMISED, ids=lambda table: table.kind)
def test_a_table_has_the_names_that_are_promised(table):
    assert list(table) == PROMISED[table].split()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.__module__}.{entry.name}")
def test_every_entry_has_a_formula_and_a_source_of_one_line(entry):
    for text in (entry.formula, entry.source):
        assert text and "\n" not in text and text == text.strip()


@pytest.mark.parametrize("activation", [ACTIVATIONS[name] for name in ACTIVATIONS], ids=lambda entry: entry.name)
def test_every_activation_names_its_derivative(activation):
    assert activation.derivative


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.__module__}.{spec.__name__}")
def test_every_field_says_what_it_is(spec):
    assert [field.name for field in spec_fields(spec) if not field.metadata["help"]] == []
