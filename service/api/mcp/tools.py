"""The tools: each is a few requests of the API, made in the name of the caller."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from flask import request
from marshmallow import Schema

from service.api.http.context import WAITED, backend
from service.api.http.json_provider import encode
from service.api.http.streams import streams
from service.api.mcp import arguments
from service.api.mcp.inner import Answer, Inner, ask, get, path_of, send
from service.operations.jobs.jobs import wait_for_end

Arguments = Mapping[str, Any]
#: Yields requests, and is sent their answers; the last answer is the tool's.
Steps = Generator[Inner, Answer, None]


@dataclass(frozen=True, kw_only=True)
class Tool:
    """`takes`: a schema of its own, or the name of one in `schemas`; `gives`: the name of the API's schema."""

    name: str
    title: str
    description: str
    takes: type[Schema] | str
    gives: str
    steps: Callable[[Arguments], Steps]
    reads: bool = False

    def annotations(self) -> dict[str, Any]:
        return {"title": self.title, "readOnlyHint": self.reads, "destructiveHint": False, "openWorldHint": False}


def run(tool: Tool, values: Arguments) -> Answer:
    """Make the tool's requests one after the other, up to the first that is rejected."""
    steps = tool.steps(values)
    answer = ask(next(steps))
    while not answer.is_error:
        try:
            answer = ask(steps.send(answer))
        except StopIteration:
            break
    return answer


def upload(values: Arguments) -> Steps:
    types = ",".join(f"{column}:{kind}" for column, kind in values.get("types", {}).items())
    query = {
        "name": values["name"],
        "types": types or None,
        "revision": "true" if values.get("revision") else None,
        "format": "csv" if "csv" in values else "json",
    }
    body = values["csv"].encode() if "csv" in values else encode(values["rows"])
    yield Inner("POST", "/datasets", query, body, "text/csv" if "csv" in values else "application/octet-stream")


def propose(values: Arguments) -> Steps:
    yield get("datasets", values["dataset"], "proposal", target=values["target"])


def create_network(values: Arguments) -> Steps:
    yield send("POST", "networks", body=values)


def train(values: Arguments) -> Steps:
    yield send("POST", "train", body=values)


def watch(values: Arguments) -> Steps:
    """Reads the job first, so that nobody waits for one that they may not see."""
    answer = yield get("jobs", values["job"])
    if values["wait"] and not answer.json["finished_at"] and streams().try_open():
        began = monotonic()
        try:
            wait_for_end(backend(), answer.json["id"], values["wait"], streams().closing)
        finally:
            request.environ[WAITED] = monotonic() - began
            streams().close()
        yield get("jobs", values["job"])


def predict(values: Arguments) -> Steps:
    yield send("POST", "predict", body=values)


def explain(values: Arguments) -> Steps:
    options = {name: values[name] for name in ("output", "baseline") if name in values}
    asked = {name: value for name, value in values.items() if name not in options}
    yield send("POST", "predict", body={**asked, "attributions": options or True})


def evaluate(values: Arguments) -> Steps:
    yield send("POST", "evaluate", body=values)


def list_things(values: Arguments) -> Steps:
    what, network = values["what"], values.get("network")
    page = {"limit": values["limit"], "after": values.get("after")}
    if what in ("versions", "aliases"):
        yield get("networks", str(network), what, **page)
    else:
        yield get(what, network=network, **page)


def promote(values: Arguments) -> Steps:
    network, version = values["network"], values.get("version")
    if version is None:
        body = {"snapshot": values["snapshot"], "note": values["note"]}
        published = yield send("POST", "networks", network, "versions", body=body)
        version = published.json["version"]
    moved = {"version": version, "note": values["note"] or None}
    yield Inner("PUT", path_of("networks", network, "aliases", values["alias"]), {}, encode(moved))


TOOLS = (
    Tool(
        name="upload_table",
        title="Upload a table",
        description="Store a table as a data set. The answer has each column's type and profile, and warnings.",
        takes=arguments.UploadArguments,
        gives="Dataset",
        steps=upload,
    ),
    Tool(
        name="propose",
        title="Propose a network",
        description="Propose a network and a training for a column to predict: pass `network` to create_network and "
        "`train` to train, as they are or changed.",
        takes=arguments.ProposeArguments,
        gives="Proposal",
        steps=propose,
        reads=True,
    ),
    Tool(
        name="create_network",
        title="Create a network",
        description="Create a network, from a proposal, from a data set (`from_dataset` and `target`) or from layers.",
        takes="NetworkArguments",
        gives="Network",
        steps=create_network,
    ),
    Tool(
        name="train",
        title="Train a network",
        description="Start a training and return its job at once; follow it with watch_training.",
        takes="TrainBody",
        gives="Job",
        steps=train,
    ),
    Tool(
        name="watch_training",
        title="Watch a training",
        description="The state of a job, after it has ended or `wait` seconds later: epoch, best value, what is "
        "noteworthy (`findings`) and which columns matter (`importance`).",
        takes=arguments.WatchArguments,
        gives="Job",
        steps=watch,
        reads=True,
    ),
    Tool(
        name="predict",
        title="Predict",
        description="Predict rows, given as objects by column name or as lists of numbers.",
        takes="PredictBody",
        gives="Prediction",
        steps=predict,
        reads=True,
    ),
    Tool(
        name="explain",
        title="Explain predictions",
        description="Predict rows, and say how much each input contributed (integrated gradients).",
        takes="ExplainArguments",
        gives="Prediction",
        steps=explain,
        reads=True,
    ),
    Tool(
        name="evaluate",
        title="Evaluate",
        description="Loss, metrics, confusion matrix and the naive answer's figures, on the rows that a training held "
        "out, or on a data set or rows.",
        takes="EvaluateBody",
        gives="Evaluation",
        steps=evaluate,
        reads=True,
    ),
    Tool(
        name="list",
        title="List",
        description="List data sets, networks, jobs, schedules, models, or the versions and aliases of a network.",
        takes=arguments.ListArguments,
        gives="List",
        steps=list_things,
        reads=True,
    ),
    Tool(
        name="promote",
        title="Promote a version",
        description="Let an alias, `production` by default, point at a version: predictions then come from it. Needs "
        "a key with the scope manage.",
        takes=arguments.PromoteArguments,
        gives="Alias",
        steps=promote,
    ),
)
BY_NAME = {tool.name: tool for tool in TOOLS}
