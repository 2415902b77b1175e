"""Plays the story against an application in this process, and writes each answer as the document shows it."""

from __future__ import annotations

import io
import json
import re
from itertools import count
from urllib.parse import quote

from service.domain.job_kind import JobKind
from service.queues.huey import HueyDispatcher
from tests.api.played import play
from tests.api.searches.searched import run_search
from tests.api.test_dataset_predictions import Worker

IDS = re.compile(r"\b([a-z]{2,6})_[0-9a-f]{24}\b")
#: In the names of compared jobs: the network and the end of an id.
SHORT_IDS = re.compile(r"^([a-z]+) [0-9a-f]{6}$")
SECRETS = re.compile(r"\bff_[A-Za-z0-9_-]{20,}")
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
#: Longer lists are shortened to their first items, and longer texts to their beginning.
LONGEST_LIST, SHORTENED, LONGEST_TEXT = 8, 3, 1200
#: Texts that differ from run to run, by the field.
RANDOM = {
    "hint": "ff_…a1b2",
    "request_id": "6f7d7b530f4b5106",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
}
#: Numbers that differ from run to run.
MEASURED = re.compile(r"(^|_)(seconds|bytes|gradient_norm)$")


class PlayingDispatcher(HueyDispatcher):
    """Where a worker is free, it plays a job as soon as it is queued."""

    storage = None
    at_once = False

    def send(self, job_id):
        if self.at_once:
            work(self.storage, job_id)
        else:
            super().send(job_id)


def work(storage, job_id):
    job = storage.get_job(job_id)
    if job.kind is JobKind.PREDICTION:
        Worker(storage, job_id).work()
    else:
        play(storage, job_id)


class Player:
    def __init__(self, client, backend, document):
        self.client, self.backend = client, backend
        self.storage, self.dispatcher = backend.storage, backend.dispatcher
        self.places = {
            operation["operationId"]: (method, path)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method != "parameters"
        }
        self.kept, self.names, self.numbers = {}, {}, count(1)
        self.cases = {}

    def play(self, step):
        """Send a step's request; the case that the document shows is added to `cases`."""
        path, query, body = (self.filled(part) for part in (step.path, step.query, step.body))
        method, template = self.places[step.operation]
        address = template.format(**{name: quote(str(value)) for name, value in path.items()})
        headers = {**step.header, **({"Accept": step.accept} if step.accept else {})}
        self.dispatcher.at_once = step.at_once
        answer = self.client.open(
            address, method=method.upper(), query_string=query, headers=headers, **self.sent(step, body)
        )
        self.dispatcher.at_once = False
        assert answer.status_code == step.status, (
            f"{step.operation} {step.summary} {body}: {answer.status_code} {answer.text}"
        )
        if step.keep:
            self.kept[step.keep] = answer.json
        if step.work:
            work(self.storage, answer.json["id"])
        if step.search:
            run_search(self.backend)
        if not step.hidden:
            self.add(step, path, query, body, answer)

    def add(self, step, path, query, body, answer):
        cases = self.cases.setdefault(step.operation, [])
        case = {"name": f"case{len(cases) + 1}", "summary": step.summary or step.operation}
        given = {"path": path, "query": query, "header": step.header}
        case |= {place: self.shown(values) for place, values in given.items() if values}
        if body is not None and not step.media_type.startswith("multipart/"):
            case |= {"media_type": step.media_type, "body": self.shown(body)}
        case["status"] = step.status
        if answer.mimetype == "application/json":
            case |= {"answer_type": answer.mimetype, "answer": self.shown(answer.json)}
        elif answer.data and answer.mimetype.startswith(("text/", "image/svg", "application/x-ndjson")):
            case |= {"answer_type": answer.mimetype, "answer": self.shown(answer.text)}
        cases.append(case)

    @staticmethod
    def sent(step, body):
        if body is None:
            return {}
        if step.media_type == "application/json":
            return {"data": json.dumps(body), "content_type": step.media_type}
        if step.media_type.startswith("multipart/"):
            files = {name: (io.BytesIO(part), name) if isinstance(part, bytes) else part for name, part in body.items()}
            return {"data": files, "content_type": step.media_type}
        return {"data": body, "content_type": step.media_type}

    def filled(self, part):
        """`{first.id}` is a field of what was kept as `first`; `{first}` is all of it."""
        if isinstance(part, dict):
            return {name: self.filled(value) for name, value in part.items()}
        if isinstance(part, list):
            return [self.filled(value) for value in part]
        if not isinstance(part, str) or "{" not in part or "\n" in part:
            return part
        if whole := re.fullmatch(r"\{(\w+)\}", part):
            return self.kept[whole[1]]
        return re.sub(r"\{(\w+)\.(\w+)\}", lambda found: str(self.kept[found[1]][found[2]]), part)

    def shown(self, value, name=""):
        """As the document shows it: ids, secrets and times that are always the same, and no long lists."""
        if isinstance(value, dict):
            return {self.text(key): self.shown(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            kept = value[:SHORTENED] if len(value) > LONGEST_LIST else value
            return [self.shown(inner, name) for inner in kept]
        if isinstance(value, str):
            return RANDOM.get(name) or self.text(value)
        if isinstance(value, float):
            return 0.25 if MEASURED.search(name) else float(f"{value:.4g}")
        return 4096 if MEASURED.search(name) and type(value) is int and value > 1024 else value

    def text(self, text):
        text = SECRETS.sub("ff_…", IDS.sub(lambda found: self.named(found[0], found[1]), text))
        text = SHORT_IDS.sub(r"\1 00000a", text)
        text = TIMES.sub("2026-11-26T09:30:00Z", text)
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"

    def named(self, own_id, prefix):
        """Ids are random: here they are numbered."""
        if own_id not in self.names:
            self.names[own_id] = f"{prefix}_01a2199c{next(self.numbers):016x}"
        return self.names[own_id]
