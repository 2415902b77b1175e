"""Trainings that go wrong, each in a way that a finding names."""

import numpy as np

from tests.unit.jobs.findings.trainings import dense, findings_of, one_hot

SGD = {"type": "sgd", "learning_rate": 0.01}


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def dead_output():
    """A relu output, and targets below 0."""
    x = numbers(100, 2)
    return findings_of(x, x[:, 0] - 10, [dense(8, "relu"), dense(1, "relu")], batch_size=20)


def noise():
    """Targets that have nothing to do with the inputs."""
    return findings_of(numbers(200, 4), numbers(200, seed=1), [dense(8, "tanh"), dense(1)], held_out=60, epochs=60)


def noise_of_classes():
    classes = np.random.default_rng(1).integers(0, 2, 300)
    layers = [dense(4, "tanh"), dense(1, "sigmoid")]
    return findings_of(numbers(300, 3), classes, layers, loss="binary_cross_entropy", held_out=100, epochs=40)


def saturated():
    """Inputs in the millions saturate every unit of the first layer, so that all rows look the same."""
    x = np.abs(numbers(100, 1)) * 1e6 + 1e6
    return findings_of(x, x[:, 0] / 1e6, [dense(8, "sigmoid"), dense(1)], optimizer=SGD, epochs=50)


def rare_class():
    """One row in a hundred is of the other class, and hard to tell."""
    x = numbers(1000, 3)
    y = (x[:, 0] + 3 * numbers(1000, seed=1) > 7.5).astype(int)
    layers = [dense(8, "tanh"), dense(1, "sigmoid")]
    return findings_of(x, y, layers, loss="binary_cross_entropy", labels=("ok", "fraud"), epochs=40, batch_size=20)


def memorised():
    """Many units, few rows, noisy targets."""
    x, y = numbers(60, 10), numbers(60, seed=1)
    adam = {"type": "adam", "learning_rate": 0.01}
    return findings_of(x, x[:, 0] + y, [dense(100, "relu"), dense(1)], optimizer=adam, held_out=30, epochs=200)


def stopped_too_early():
    x = numbers(200, 3)
    return findings_of(x, x @ [1, 2, 3], [dense(16, "tanh"), dense(1)], epochs=20, held_out=50)


def diverged():
    x = numbers(100, 3) * 10
    return findings_of(x, x @ [1, 2, 3], [dense(8, "relu"), dense(1)], optimizer={"type": "sgd", "learning_rate": 1})


def jumping():
    """A learning rate at which the loss stays high."""
    x = numbers(300, 2)
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    adam = {"type": "adam", "learning_rate": 1.0}
    layers = [dense(16, "tanh"), dense(16, "tanh"), dense(1, "sigmoid")]
    return findings_of(x, y, layers, loss="binary_cross_entropy", optimizer=adam, batch_size=30, epochs=40)


def crawling():
    x = numbers(100, 3)
    sgd = {"type": "sgd", "learning_rate": 1e-5}
    return findings_of(x, x @ [1, 2, 3], [dense(8, "tanh"), dense(1)], optimizer=sgd, epochs=60)


def one_outlier():
    x = np.random.default_rng(0).uniform(0, 10, (300, 2))
    y = x @ [5, 2]
    y[17] = 1e9
    y = (y - y.mean()) / y.std()
    return findings_of(x / 10, y, [dense(8, "relu"), dense(1)], epochs=30, batch_size=32)


def pixels():
    x = np.random.default_rng(0).integers(0, 256, (200, 6)).astype(float)
    return findings_of(x, x[:, 0] / 255, [dense(8, "relu"), dense(1)], epochs=30)


def prices():
    x = numbers(200, 3)
    return findings_of(x, 250_000 + 50_000 * x[:, 0], [dense(8, "relu"), dense(1)], epochs=50)


def batch_of_one():
    x = numbers(60, 2)
    layers = [dense(8), {"type": "batch_norm"}, {"type": "activation", "activation": "relu"}, dense(1)]
    return findings_of(x, x @ [3, -2], layers, batch_size=1, epochs=10)


def softmax_of_one():
    x = numbers(60, 2)
    layers = [dense(8, "relu"), dense(1, "softmax")]
    return findings_of(x, (x[:, 0] > 0).astype(int), layers, loss="binary_cross_entropy", epochs=20)


def two_rows_of_a_class():
    x = numbers(100, 2)
    classes = np.where(np.arange(100) < 2, 2, (x[:, 0] > 0).astype(int))
    return findings_of(x, one_hot(classes, 3), [dense(8, "tanh"), dense(3, "softmax")], loss="cross_entropy")


def six_validation_rows():
    x = numbers(60, 2)
    return findings_of(x, x @ [1, 1], [dense(8, "tanh"), dense(1)], held_out=6)


def leaked():
    """One of the inputs is the target in other units."""
    x, y = numbers(200, 3), numbers(200, seed=1)
    x[:, 2] = y * 0.5 + 1
    adam = {"type": "adam", "learning_rate": 0.02}
    return findings_of(x, y, [dense(8, "tanh"), dense(1)], optimizer=adam, epochs=200, batch_size=32)


def same_target():
    return findings_of(numbers(50, 2), np.ones(50), [dense(4, "tanh"), dense(1)], epochs=20)


#: Each failure with the code that must be among its findings.
FAILURES = {
    dead_output: "nothing_learnt",
    noise: "no_better_than_naive",
    noise_of_classes: "no_better_than_naive",
    saturated: "one_answer",
    rare_class: "class_never_predicted",
    memorised: "overfitting",
    stopped_too_early: "still_falling",
    diverged: "learning_rate_too_high",
    jumping: "learning_rate_too_high",
    crawling: "learning_rate_too_low",
    one_outlier: "outlier",
    pixels: "unscaled_inputs",
    prices: "unscaled_targets",
    batch_of_one: "batch_norm_small_batches",
    softmax_of_one: "softmax_of_one_output",
    two_rows_of_a_class: "few_rows_per_class",
    six_validation_rows: "small_validation",
    leaked: "leak",
    same_target: "constant_targets",
}
