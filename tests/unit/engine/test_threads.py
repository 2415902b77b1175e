"""Several threads share each batch: the same run as with one, up to the order of sums, and always the same bits."""

import threading

import numpy as np
import pytest

from service.engine.activations.sigmoids import Tanh
from service.engine.rows import Rows
from service.engine.training.run import Run
from service.schema.validation import SpecError
from tests.unit.engine.factories import a_network, a_trainer, a_training, dense, embedding, same_bits, some_rows, train

PLAIN = [dense(6, "tanh"), dense(2)]
REGULARISED = [dense(6, "tanh", l1=0.01, l2=0.1, max_norm=1.0), dense(2, l2=0.1)]
NESTED = [dense(6), {"type": "layer_norm"}, {"type": "residual", "layers": [dense(6, "gelu")]}, dense(2)]
EMBEDDED = [embedding((1, 4, 3), (2, 2, 2)), dense(6, "tanh"), dense(2)]
DROPPING = [dense(6, "tanh"), {"type": "dropout", "drop_rate": 0.4}, dense(2)]

CASES = {
    "plain": (PLAIN, {}),
    "regularised": (REGULARISED, {}),
    "normalised and nested": (NESTED, {}),
    "embedded": (EMBEDDED, {}),
    "weights that decay": (PLAIN, {"optimizer": {"type": "adamw", "weight_decay": 0.1, "learning_rate": 0.05}}),
    "clipped by value": (PLAIN, {"clipping": {"type": "value", "limit": 0.05}}),
    "clipped by norm": (PLAIN, {"clipping": {"type": "norm", "limit": 0.1}}),
    "clipped by global norm": (REGULARISED, {"clipping": {"type": "global_norm", "limit": 0.1}}),
    "a schedule": (PLAIN, {"optimizer": "nadam", "schedule": "one_cycle"}),
    "a full batch": (PLAIN, {"batch_size": "full"}),
    "single rows": (REGULARISED, {"batch_size": 1}),
    "fewer rows in the last batch than threads": (REGULARISED, {"batch_size": 4}),
}


def run(layers, *, threads, count=13, weighted=True, loss="mean_squared_error", dtype="float64", **settings):
    network = a_network(*layers, loss=loss, dtype=dtype)
    settings = {"epochs": 4, "batch_size": 5} | settings
    return train(network, some_rows(network, count, weighted=weighted), threads=threads, **settings)


@pytest.mark.parametrize("about", CASES)
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing_but_rounding(about, threads):
    layers, settings = CASES[about]
    alone, expected = run(layers, threads=1, **settings)
    shared, reports = run(layers, threads=threads, **settings)
    np.testing.assert_allclose(shared.values, alone.values, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose([r.loss for r in reports], [r.loss for r in expected], rtol=1e-12)
    np.testing.assert_allclose([r.gradient_norm for r in reports], [r.gradient_norm for r in expected], rtol=1e-10)
    for ours, theirs in zip(reports[-1].layers, expected[-1].layers, strict=True):
        assert ours.update_ratio == pytest.approx(theirs.update_ratio, rel=1e-9)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_loss_reduces_over_the_whole_batch(reduction):
    loss = {"type": "half_squared_error", "reduction": reduction}
    settings = {"loss": loss, "optimizer": {"type": "sgd", "learning_rate": 0.01}}
    alone, _ = run(PLAIN, threads=1, **settings)
    shared, _ = run(PLAIN, threads=2, **settings)
    np.testing.assert_allclose(shared.values, alone.values, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("layers", "settings"), [*CASES.values(), (DROPPING, {})])
def test_the_same_seed_and_threads_give_the_same_bits(layers, settings):
    runs = [run(layers, threads=2, dtype="float32", **settings) for _ in range(3)]
    for trainer, reports in runs[1:]:
        assert same_bits(trainer.values, runs[0][0].values) and reports == runs[0][1]


def test_each_thread_drops_units_of_its_own():
    network = a_network({"type": "dropout", "drop_rate": 0.5}, inputs=20)
    rows = Rows.of(network, np.ones((8, 20)), np.zeros((8, 20)))
    run = Run(network, a_training(batch_size="full", threads=2), rows, network.initial_values())
    (outputs,) = run.epoch(lambda first, count: np.ones(count), keep_scores=True).scores
    run.close()
    assert len({row.tobytes() for row in outputs.T}) == 8


def test_more_threads_than_rows_are_no_more_than_rows():
    trainer, reports = run(PLAIN, threads=64, count=2, weighted=False)
    assert trainer.outcome.reason == "finished" and np.isfinite(reports[-1].loss)
    alone, _ = run(PLAIN, threads=1, count=2, weighted=False)
    np.testing.assert_allclose(trainer.values, alone.values, rtol=1e-10)


def test_a_large_vector_is_summed_and_updated_in_parts():
    layers = [dense(400, "tanh"), dense(300, "tanh"), dense(1)]
    alone, _ = run(layers, threads=1, epochs=2)
    shared, _ = run(layers, threads=3, epochs=2)
    np.testing.assert_allclose(shared.values, alone.values, rtol=1e-9, atol=1e-12)


def test_divergence_in_threads_ends_as_it_does_in_one():
    settings = {"optimizer": {"type": "sgd", "learning_rate": 1e6}, "epochs": 200}
    ends = [run([dense(4), dense(2)], threads=threads, **settings)[0].outcome for threads in (1, 2)]
    assert ends[0].reason == "diverged" and ends[0] == ends[1]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_run_that_was_left_may_be_taken_up_again(threads):
    whole, expected = run(PLAIN, threads=threads, epochs=3)
    network = whole.network
    rows = some_rows(network, 13, weighted=True)
    trainer = a_trainer(network, rows, threads=threads, epochs=3, batch_size=5)
    reports = [next(trainer.epochs()), *trainer.epochs()]
    assert reports == expected and same_bits(trainer.values, whole.values)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("main_fails", [True, False])
def test_a_failure_in_one_thread_is_raised_and_does_not_leave_the_others_waiting(monkeypatch, main_fails):
    def fail():
        if (threading.current_thread() is threading.main_thread()) == main_fails:
            raise MemoryError("no room")

    monkeypatch.setattr(Tanh, "derive", lambda self, tape, z, a, d: tape.call(fail))
    with pytest.raises(MemoryError, match="no room"):
        run(PLAIN, threads=3)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("failing", [0, 1, 2, 3])
def test_the_cause_of_a_failure_is_raised_whichever_thread_has_it(monkeypatch, failing):
    """The threads that waited for it fail as well, and know nothing of the cause."""
    tapes = []  # of each thread in order, and those of the short batch's plan after them

    def fail():
        raise MemoryError("no room")

    def derive(self, tape, z, a, d):
        if tape not in tapes:
            tapes.append(tape)
        if tapes.index(tape) % 4 == failing:
            tape.call(fail)

    monkeypatch.setattr(Tanh, "derive", derive)
    with pytest.raises(MemoryError, match="no room"):
        run(PLAIN, threads=4)


def test_batch_statistics_need_one_thread():
    network = a_network(dense(4), {"type": "residual", "layers": [{"type": "batch_norm"}]})
    with pytest.raises(SpecError, match="threads: must be 1 with batch_norm"):
        a_trainer(network, some_rows(network), threads=2)
