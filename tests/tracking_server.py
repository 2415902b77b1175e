"""A tracking server as MLflow is one over REST, which keeps everything that it is sent, twice what comes twice."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

API, FILES = "/api/2.0/mlflow/", "/api/2.0/mlflow-artifacts/artifacts/"


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code


@dataclass
class Tracking:
    port: int = 0
    token: str | None = None
    artifact_root: str = "mlflow-artifacts:/0"
    experiments: dict[str, str] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    #: Called with each path once its request was carried out: what it raises keeps the answer away.
    before_answer: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def run(self) -> dict[str, Any]:
        [run] = self.runs.values()
        return run

    def steps(self, key: str) -> list[int]:
        return [metric["step"] for metric in self.run["metrics"] if metric["key"] == key]

    def carry_out(self, method: str, target: str, authorization: str | None, body: bytes) -> tuple[int, Any]:
        """The status and the answer."""
        parts = urlsplit(target)
        path = parts.path.removeprefix(API)
        self.asked.append(f"{method} {path}")
        try:
            if self.token and authorization != f"Bearer {self.token}":
                raise Refused(401, "UNAUTHENTICATED")
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer = self._answer(parts.path, query, body)
            if self.before_answer is not None:
                self.before_answer(path)
        except Refused as refused:
            return refused.status, {"error_code": refused.code, "message": f"No: {parts.path}"}
        return 200, answer

    def _answer(self, path: str, query: dict[str, str], body: bytes) -> Any:
        if path.startswith(FILES):
            self.files[path.removeprefix(FILES)] = body
            return {}
        given = json.loads(body) if body else query
        action = getattr(self, path.removeprefix(API).replace("/", "_").replace("-", "_"), None)
        if action is None:
            raise Refused(404, "ENDPOINT_NOT_FOUND")
        return action(given)

    def experiments_get_by_name(self, given: Any) -> Any:
        if given["experiment_name"] not in self.experiments:
            raise Refused(404, "RESOURCE_DOES_NOT_EXIST")
        return {"experiment": {"experiment_id": self.experiments[given["experiment_name"]]}}

    def experiments_create(self, given: Any) -> Any:
        return {"experiment_id": self.experiments.setdefault(given["name"], str(len(self.experiments) + 1))}

    def runs_create(self, given: Any) -> Any:
        number = f"run{len(self.runs) + 1}"
        own = {"run_id": number, "artifact_uri": f"{self.artifact_root}/{number}/artifacts", "status": "RUNNING"}
        tags = {tag["key"]: tag["value"] for tag in given["tags"]}
        self.runs[number] = {"info": {**given, **own}, "metrics": [], "params": {}, "tags": tags, "models": []}
        return {"run": self.runs[number]}

    def runs_search(self, given: Any) -> Any:
        job = given["filter"].removeprefix("tags.`feedforward.job` = '").removesuffix("'")
        return {"runs": [run for run in self.runs.values() if run["tags"]["feedforward.job"] == job]}

    def runs_get(self, given: Any) -> Any:
        run = self.runs[given["run_id"]]
        newest: dict[str, Any] = {}
        for metric in run["metrics"]:
            if metric["step"] >= newest.get(metric["key"], metric)["step"]:
                newest[metric["key"]] = metric
        return {"run": {"info": run["info"], "data": {"metrics": list(newest.values())}}}

    def runs_log_batch(self, given: Any) -> Any:
        run = self.runs[given["run_id"]]
        assert len(given.get("metrics", [])) <= 1000 and len(given.get("params", [])) <= 100
        run["metrics"] += given.get("metrics", [])
        run["params"] |= {param["key"]: param["value"] for param in given.get("params", [])}
        run["tags"] |= {tag["key"]: tag["value"] for tag in given.get("tags", [])}
        return {}

    def runs_update(self, given: Any) -> Any:
        self.runs[given["run_id"]]["info"] |= given
        return {}

    def runs_log_model(self, given: Any) -> Any:
        self.runs[given["run_id"]]["models"].append(json.loads(given["model_json"]))
        return {}


@contextmanager
def tracking_server(**options: Any):
    tracking = Tracking(**options)

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            try:
                status, answer = tracking.carry_out(self.command, self.path, self.headers["Authorization"], body)
            except ConnectionError:  # The answer is lost on the way.
                self.close_connection = True
                return
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            self.reply()

        def do_PUT(self) -> None:
            self.reply()

        def log_message(self, *arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """The caller may be killed in the middle of it."""

    server = Server(("127.0.0.1", 0), Handler)
    tracking.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield tracking
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
