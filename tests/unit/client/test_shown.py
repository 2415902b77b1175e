"""What a person sees of jobs, losses and errors."""

import io
import pickle
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from feedforward_client import Client, History, JobFailed, Record, ValidationError
from feedforward_client._sync.jobs import Job
from feedforward_client._sync.searches import Search
from feedforward_client.drawing import draw_curves, draw_network
from feedforward_client.errors import api_error
from feedforward_client.progress import TextProgress, line, page, sparkline
from feedforward_client.records import JobRecord
from feedforward_client.sse import EventParser

EPOCHS = [
    {"epoch": 1, "loss": 100.0, "val_loss": None, "metrics": {"accuracy": 0.5}},
    {"epoch": 2, "loss": 10.0, "val_loss": 20.0, "metrics": {"accuracy": None}},
    {"epoch": 3, "loss": 1.0, "val_loss": 2.0, "metrics": {}},
]
RUNNING = {"kind": "training", "status": "running", "epoch": 3, "epochs": 9, "progress": 1 / 3, "eta_seconds": 5.6}


def test_history_has_a_column_per_number_and_nan_where_there_is_none():
    history = History(EPOCHS)
    assert list(history) == ["epoch", "loss", "val_loss", "accuracy"]
    np.testing.assert_array_equal(history["val_loss"], [np.nan, 20, 2])
    frame = history.to_pandas()
    assert frame.index.tolist() == [1, 2, 3] and frame.loc[3, "loss"] == 1


def test_a_search_is_shown_by_its_state_and_not_by_the_bodies_of_its_trials():
    fields = {"id": "srch_1", "name": "tune", "status": "running", "trials": 5, "network": {"layers": []}}
    search = Search(Client("http://127.0.0.1:1").transport, fields)
    assert repr(search) == "Search(id='srch_1', name='tune', status='running', trials=5)" and not search.has_ended


def test_a_plot_has_a_line_per_loss():
    import matplotlib.pyplot as plt

    axes = History(EPOCHS).plot(ax=plt.figure().subplots(), log=True)
    assert [drawn.get_label() for drawn in axes.lines] == ["loss", "val_loss"] and axes.get_yscale() == "log"
    plt.close("all")


def test_a_sparkline_shows_orders_of_magnitude_and_averages_what_is_too_long():
    assert sparkline([100, 10, 1]) == "█▅▁" and sparkline([]) == "" and sparkline([2, 2]) == "▁▁"
    assert sparkline([-1, float("nan"), 1]) == "▁█" and len(sparkline(np.arange(1, 1000.0))) == 30


def test_a_line_says_epoch_losses_and_time_left():
    assert line(JobRecord(RUNNING), History(EPOCHS)) == "epoch 3 of 9  loss 1  val_loss 2  █▅▁  6 s left"
    assert line(JobRecord({**RUNNING, "status": "queued"}), History([])) == "queued …"
    predicting = {**RUNNING, "kind": "prediction", "rows": 10, "rows_done": 4, "eta_seconds": 600}
    assert line(JobRecord(predicting), History([])) == "running  4 of 10 rows  10 min left"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_is_redrawn_and_a_file_a_line_per_tenth():
    ended = JobRecord({**RUNNING, "status": "succeeded", "progress": 1.0})
    for out, expected in ((Terminal(), 1), (io.StringIO(), 2)):
        progress = TextProgress(out)
        for job in (JobRecord(RUNNING), JobRecord(RUNNING), ended):
            progress.show(job, History(EPOCHS))
        assert out.getvalue().count("\n") == expected


def test_drawings_are_sound_and_escape_names():
    network = {"name": "<b>", "inputs": 2, "shapes": [
        {"name": "<i>", "type": "dense", "outputs": 300}, {"name": "d", "type": "dropout", "outputs": 300},
    ]}  # fmt: skip
    drawn = ElementTree.fromstring(draw_network(network))
    assert drawn.attrib["aria-label"] == "Network <b>"
    assert sum(child.tag.endswith("circle") for child in drawn) == 2 + 8
    assert [child.text for child in drawn if child.tag.endswith("text")] == ["2", "300"]
    curves = ElementTree.fromstring(draw_curves(History(EPOCHS).losses))
    assert sum(child.tag.endswith("polyline") for child in curves) == 2
    long = ElementTree.fromstring(draw_curves({"loss": np.arange(1.0, 10_000)}))
    assert 200 <= len(long[0].attrib["points"].split()) <= 402 and long[0].attrib["points"].endswith("310.0,15.0")
    assert "no losses yet" in draw_curves({}) and "<progress" in page(JobRecord(RUNNING), History(EPOCHS))


def test_an_error_names_its_fields_and_survives_a_pickle():
    problem = {"detail": "2 things.", "errors": [{"pointer": "#/epochs", "detail": "is low"}], "more_errors": 1}
    error = api_error(422, problem, "abc")
    assert isinstance(error, ValidationError) and error.issues[0].field == "#/epochs"
    assert str(error) == "422 2 things.\n  #/epochs: is low\n  and 1 more"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_failed_job_of_an_open_connection_survives_a_pickle():
    ended = {"kind": "training", "id": "job_1", "status": "failed", "error": {"code": "diverged", "message": "NaN."}}
    with Client() as client:
        error = JobFailed(Job(client.transport, ended))
        copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error) == "training job_1 failed (diverged): NaN." and copy.job == ended


def test_records_are_mappings_of_all_fields():
    record = Record({"name": "a", "new": 1})
    assert dict(record) == {"name": "a", "new": 1} and repr(record) == "Record(name='a')"
    with pytest.raises(KeyError):
        record["other"]


def test_events_are_read_line_by_line():
    parser = EventParser()
    lines = [
        "retry: 1000",
        "",
        "id: 1.0",
        "event: ended",
        'data: {"job":"job_1",',
        'data: "kind":"x"}',
        "",
        ": hello",
        "",
    ]
    events = [event for text in lines if (event := parser.take(text))]
    assert [(event.kind, event.id, event["job"]) for event in events] == [("ended", "1.0", "job_1")]
    assert [parser.take(text) for text in ("event: end", "data: {}", "")] == [None] * 3 and parser.has_ended
