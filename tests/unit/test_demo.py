import io

import pytest

from service.demo.curl import post_line
from service.demo.findings import finding_lines
from service.demo.penguins import FEATURES, SPECIES, parted, read_penguins, table
from service.demo.progress import line, write
from service.demo.sparkline import sparkline


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([3.0], "▁"),
        ([2.0, 2.0, 2.0], "▁▁▁"),
        ([0.0, 1.0], "▁█"),
        ([8, 7, 6, 5, 4, 3, 2, 1], "█▇▆▅▄▃▂▁"),
    ],
)
def test_a_sparkline_spans_the_range_of_its_values(values, drawn):
    assert sparkline(values) == drawn


def test_a_long_sparkline_is_drawn_of_the_means_of_neighbours():
    assert sparkline([0, 2, 10, 12, 20, 22], width=3) == sparkline([1, 11, 21])


def test_every_penguin_is_measured_and_of_a_known_species():
    penguins = read_penguins()
    assert len(penguins) == 342
    assert {penguin.species for penguin in penguins} == set(SPECIES)
    assert all(len(penguin.measures) == len(FEATURES) and min(penguin.measures) > 0 for penguin in penguins)


def test_no_penguin_is_both_learnt_from_and_held_out():
    penguins = read_penguins()
    learn_from, held_out = parted(penguins)
    assert sorted(map(id, [*learn_from, *held_out])) == sorted(map(id, penguins))
    assert len(held_out) == 86
    assert parted(penguins) == (learn_from, held_out)


def test_a_table_keeps_rows_and_targets_together():
    penguins = read_penguins()[:2]
    assert table(penguins)["inputs"][1] == list(penguins[1].measures)
    assert table(penguins)["targets"] == ["Adelie", "Adelie"]


def test_a_curl_line_is_quoted_for_the_shell():
    written = post_line("http://here/x?a=1&b=2", {"name": "it's"})
    assert written == """curl 'http://here/x?a=1&b=2' -H 'Content-Type: application/json' -d '{"name": "it'"'"'s"}'"""


def test_a_progress_line_reports_a_loss_that_is_not_finite():
    job = {"status": "running", "epochs": 9}
    assert line(job, []) == "running …"
    assert line(job, [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": None}]) == "epoch    2 of 9   loss not finite   ▁"


def test_without_a_terminal_a_progress_line_has_no_control_characters():
    out = io.StringIO()
    write(out, "epoch 1 of 2", live=False)
    assert out.getvalue() == "   epoch 1 of 2\n"


@pytest.mark.parametrize("findings", [None, []])
def test_a_job_without_findings_has_no_lines(findings):
    assert list(finding_lines(findings)) == []


def test_a_finding_is_a_sentence_with_its_severity_and_what_to_try():
    finding = {"code": "one_answer", "severity": "problem", "sentence": "All rows get the same answer.", "evidence": {}}
    assert list(finding_lines([finding | {"try": ["scaled inputs", "more epochs"]}, finding | {"try": []}])) == [
        "problem: All rows get the same answer.",
        "  try: scaled inputs; more epochs",
        "problem: All rows get the same answer.",
    ]
