from service.operations.jobs.comparison import differences

ONE = {"training": {"epochs": 10, "optimizer": {"type": "sgd", "learning_rate": 0.1}}, "start_snapshot": "snap_1"}


def test_only_options_that_differ_are_named_and_nested_ones_by_dotted_names():
    other = {"training": {"epochs": 10, "optimizer": {"type": "adam", "beta1": 0.9}}, "start_snapshot": "snap_2"}

    assert differences([ONE, other]) == [
        {"training.optimizer.type": "sgd", "training.optimizer.learning_rate": 0.1, "training.optimizer.beta1": None},
        {"training.optimizer.type": "adam", "training.optimizer.learning_rate": None, "training.optimizer.beta1": 0.9},
    ]


def test_what_is_alike_differs_in_nothing():
    assert differences([ONE]) == [{}]
    assert differences([ONE, ONE]) == [{}, {}]
    assert differences([]) == []
