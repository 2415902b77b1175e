"""How many examples a property test tries: few, so that all tests stay fast; FEEDFORWARD_TEST_EXAMPLES=10 tries ten
times as many."""

import os

TIMES = float(os.environ.get("FEEDFORWARD_TEST_EXAMPLES", "1"))


def examples(few):
    return max(1, round(few * TIMES))
