"""What a hostile or careless client can do to a running service, case by case, and that it takes nothing from others.

    python -m drills hostile [CASE ...]

Each case is a function that raises DrillFailed where the service does not hold. They run one after the other, on one
service, so that each also meets what the ones before have left.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.proc import children_of, shared_memory_of
from drills.faults import DrillFailed, must
from tests.acceptance.client import Answer, Client
from tests.acceptance.running import RunningService, running

#: What an honest client waits for an answer at most, on a busy machine too.
SOON_SECONDS = 5.0
MEBIBYTE = 2**20
#: What a web process may keep after a network of 80 MB a row was deleted.
MAX_GROWTH_BYTES = 100 * MEBIBYTE
HALF = "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
PLAIN = {"inputs": 2, "layers": [{"type": "dense", "units": 1}]}
ACTIVATION = {"type": "activation", "activation": "relu"}


@dataclass(frozen=True)
class Target:
    service: RunningService
    client: Client

    def memory(self) -> int:
        return sum(shared_memory_of(int(child)) for child in children_of(self.service.pid))

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.service.port), timeout=30)

    def raw(self, request: str, body: bytes = b"") -> int:
        """The status of the response to a request sent verbatim."""
        with self.connect() as connection:
            connection.sendall(request.encode() + body)
            line = connection.makefile("rb").readline().split()
            return int(line[1]) if line else 0


Case = Callable[[Target], None]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    CASES[function.__name__.replace("_", "-")] = function
    return function


def answers_soon(target: Target) -> None:
    began = time.monotonic()
    for path in ("/healthz", "/networks", "/predict?network=honest&x=1,2"):
        must(target.client.ask("GET", path).status == 200, f"GET {path} fails")
    dry_run = target.client.ask("POST", "/networks?dry_run=true", {"name": "dry", **PLAIN})
    must(dry_run.status == 200, f"POST /networks is answered {dry_run.status}")
    must(time.monotonic() - began < SOON_SECONDS, f"honest requests took {time.monotonic() - began:.1f} s")


def rejected(answer: Answer, *statuses: int) -> Any:
    must(answer.status in statuses, f"answered {answer.status} instead of {statuses}: {answer.body[:200]!r}")
    return answer.json


# -- bodies that do not end ----------------------------------------------------------------------------------------


@contextmanager
def unfinished(target: Target, *requests: bytes) -> Iterator[None]:
    with ExitStack() as stack:
        for request in requests:
            stack.enter_context(target.connect()).sendall(request)
        yield


@case
def bodies_that_stop_after_a_byte(target: Target) -> None:
    request = f"{HALF}Content-Length: 1000\r\n\r\n{{".encode()
    with unfinished(target, *[request] * 64):
        answers_soon(target)


@case
def chunks_that_stop_after_one(target: Target) -> None:
    request = f"{HALF}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n".encode()
    with unfinished(target, *[request] * 64):
        answers_soon(target)


@case
def headers_that_do_not_end(target: Target) -> None:
    with unfinished(target, *[b"GET / HTTP/1.1\r\nHost: local"] * 200):
        answers_soon(target)


@case
def slow_uploads_and_an_honest_one(target: Target) -> None:
    slow = b"POST /datasets HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 9999\r\n\r\na,b\n"
    with unfinished(target, *[slow] * 8):
        answer = target.client.ask("POST", "/datasets", [{"honest": 1}])
        must(answer.status in (200, 201), f"the honest upload is answered {answer.status}")


# -- work that holds a lock ----------------------------------------------------------------------------------------


@case
def a_large_request_under_a_key(target: Target) -> None:
    """While it is checked, others write."""
    wide = {"name": "wide", "inputs": [f"f{n}" for n in range(150_000)], "layers": [{"type": "dense", "units": 1}]}
    working = threading.Thread(
        target=lambda: target.client.ask("POST", "/networks?dry_run=true", wide, Idempotency_Key=os.urandom(8).hex())
    )
    working.start()
    while working.is_alive():
        began = time.monotonic()
        answer = target.client.ask("POST", "/networks", {"name": f"w-{os.urandom(4).hex()}", **PLAIN})
        must(answer.status == 201, f"another write is answered {answer.status}")
        must(time.monotonic() - began < SOON_SECONDS, "another write had to wait")
    working.join()


@case
def more_input_names_than_anybody_has(target: Target) -> None:
    began = time.monotonic()
    rejected(target.client.ask("POST", "/networks", {**PLAIN, "inputs": [f"f{n}" for n in range(40_000)]}), 422)
    must(time.monotonic() - began < SOON_SECONDS, "rejecting it took long")


# -- other people's pages --------------------------------------------------------------------------------------------


@case
def a_foreign_page_that_sends_a_form(target: Target) -> None:
    for origin in ("Origin: http://evil.test", "Sec-Fetch-Site: cross-site"):
        request = f"POST /datasets HTTP/1.1\r\nHost: localhost\r\n{origin}\r\nContent-Length: 4\r\n\r\n"
        status = target.raw(request, b"a\n1\n")
        must(status == 403, f"{origin}: answered {status}")


@case
def a_page_that_has_another_name_for_this_machine(target: Target) -> None:
    for method in ("GET", "DELETE"):
        status = target.raw(f"{method} /networks/honest HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n")
        must(status == 421, f"{method} is answered {status}")
    answers_soon(target)


@case
def a_frame_around_the_page(target: Target) -> None:
    for path in ("/", "/docs", "/networks"):
        headers = {name.lower(): value for name, value in target.client.ask("GET", path).headers.items()}
        policy = headers.get("content-security-policy", "")
        must("frame-ancestors 'none'" in policy, f"{path} can be framed")


# -- networks that cost more than they look --------------------------------------------------------------------------


@case
def layers_without_parameters(target: Target) -> None:
    before = target.memory()
    body = {"name": "hollow", "inputs": 100_000, "layers": [ACTIVATION] * 300}
    rejected(target.client.ask("POST", "/networks", body), 422)
    at_the_limit = target.client.ask("POST", "/networks", {**body, "layers": [ACTIVATION] * 200})
    if at_the_limit.status == 201:
        rows = {"network": "hollow", "inputs": [[0.5] * 100_000]}
        with ThreadPoolExecutor(16) as pool:
            statuses = set(pool.map(lambda _: target.client.ask("POST", "/predict", rows).status, range(16)))
        must(all(status in (200, 422, 503) for status in statuses), f"predictions of it are answered {statuses}")
        target.client.ask("DELETE", "/networks/hollow")
    wide = {"network": {"inputs": 20_000, "layers": [ACTIVATION] * 500}, "inputs": [[0.0] * 20_000], "targets": [[0.0]]}
    must(400 <= target.client.ask("POST", "/explain", wide).status < 500, "an explanation of it is not rejected")
    grown = target.memory() - before
    must(grown < MAX_GROWTH_BYTES, f"memory has grown by {grown // MEBIBYTE} MiB, although the network is deleted")


@case
def a_network_without_any_parameter(target: Target) -> None:
    layers = [{"type": "activation", "activation": "softmax"}]
    target.client.ask("POST", "/networks", {"name": "bare", "inputs": 3, "layers": layers})
    body = {"network": "bare", "inputs": [[1, 2, 3]], "attributions": {"output": 0}}
    status = target.client.ask("POST", "/predict", body).status
    must(status < 500, f"attributions of it are answered {status}")


@case
def blocks_in_blocks(target: Target) -> None:
    block = {"type": "residual", "layers": [ACTIVATION] * 100}
    body = {"inputs": 1, "layers": [block] * 200}
    rejected(target.client.ask("POST", "/networks?dry_run=true", body), 422)


# -- large answers ---------------------------------------------------------------------------------------------------


@case
def lists_of_networks_with_explicit_weights(target: Target) -> None:
    for number in range(3):
        layer = {"type": "dense", "units": 100, "weights": [[0.5] * 100] * 1000, "biases": [0.0] * 100}
        answer = target.client.ask("POST", "/networks", {"name": f"heavy-{number}", "inputs": 1000, "layers": [layer]})
        must(answer.status in (201, 409), f"creating it is answered {answer.status}")
    size = len(target.client.ask("GET", "/networks?limit=20").body)
    must(size < MEBIBYTE, f"a page of networks has {size:,} bytes")


@case
def thousands_of_faults_in_one_request(target: Target) -> None:
    began = time.monotonic()
    unknown = {**PLAIN, **{f"unknown_{number}": 1 for number in range(10_000)}}
    in_layer = {"inputs": 1, "layers": [{"type": "dense", "units": 1, **unknown}]}
    for body in (unknown, in_layer):
        answer = target.client.ask("POST", "/networks", body)
        must(len(rejected(answer, 422)["errors"]) <= 20, "more than 20 errors are listed")
        must(len(answer.body) < 20_000, f"the answer has {len(answer.body):,} bytes")
    query = "&".join(f"a{n}=1&a{n}=2" for n in range(900))
    must(400 <= target.client.ask("GET", f"/networks?{query}").status < 500, "repeated arguments are not rejected")
    must(time.monotonic() - began < 3 * SOON_SECONDS, "rejecting them took long")


@case
def more_tensors_than_a_network_has_inputs(target: Target) -> None:
    began = time.monotonic()
    tensor = {"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}
    many: tuple[dict[str, Any], ...] = (
        {"inputs": [{**tensor, "name": f"x{number}"} for number in range(20_000)]},
        {"inputs": [tensor], "outputs": [{"name": "outputs"}] * 20_000},
    )
    for body in many:
        rejected(target.client.ask("POST", "/v2/models/honest/infer", body), 400)
    must(time.monotonic() - began < 2 * SOON_SECONDS, "rejecting them took long")


@case
def a_calibration_of_more_rows_than_there_are(target: Target) -> None:
    """And of more bins than anybody shows."""
    began = time.monotonic()
    layers = [{"name": "dense_1", "weights": [[1], [2]], "biases": [0]}]
    bins = [{"low": 0, "high": 1, "rows": 1, "confidence": 1, "accuracy": 1}] * 20_000
    known = {"log_loss": 1, "ece": 1, "bins": bins}
    calibrations: tuple[dict[str, Any], ...] = ({"rows": 10**18, "scores": [[0.1] * 201]}, {"rows": 1, "before": known})
    for calibration in calibrations:
        body = {"layers": layers, "calibration": calibration}
        rejected(target.client.ask("POST", "/networks/honest/weights", body), 422)
    must(time.monotonic() - began < 2 * SOON_SECONDS, "rejecting them took long")


# -- references, files, databases ------------------------------------------------------------------------------------


@case
def references_that_are_no_text(target: Target) -> None:
    references: tuple[object, ...] = (["tab"], {}, 7, None, True)
    for reference in references:
        body = {"name": "q", "from_dataset": reference, "target": "t"}
        status = target.client.ask("POST", "/networks", body).status
        must(400 <= status < 500, f"from_dataset {reference!r} is answered {status}")
        train = {"network": reference, "dataset": reference, "epochs": 1}
        must(400 <= target.client.ask("POST", "/train", train).status < 500, f"{reference!r} is not rejected by /train")


@case
def files_that_others_can_read(target: Target) -> None:
    folder = target.service.folder
    must(folder.stat().st_mode & 0o777 == 0o700, f"the data folder has mode {folder.stat().st_mode & 0o777:o}")
    readable = [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    must(not readable, f"others can read {readable}")


@case
def a_new_column_in_every_row(target: Target) -> None:
    began, before = time.monotonic(), target.memory()
    rows = "\n".join(json.dumps({f"c{number}": 1}) for number in range(12_000)).encode()
    head = (
        "POST /datasets?name=columns HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        f"Connection: close\r\nContent-Length: {len(rows)}\r\n\r\n"
    )
    status = target.raw(head, rows)
    must(400 <= status < 500, f"answered {status}")
    must(time.monotonic() - began < 6 * SOON_SECONDS, "rejecting it took long")
    must(target.memory() - before < 200 * MEBIBYTE, "memory has grown by more than 200 MiB")


@case
def a_snapshot_of_every_epoch(target: Target) -> None:
    target.client.ask("POST", "/networks", {"name": "often", **PLAIN})
    data = {"inputs": [[0, 1]], "targets": [[1]]}
    body = {"network": "often", "data": data, "epochs": 2000, "snapshots": {"every": 1}}
    job = target.client.post("/train", body, Prefer="wait=30")["id"]
    ends_at = time.monotonic() + 60
    while target.client.get(f"/jobs/{job}")["status"] in ("queued", "running"):
        must(time.monotonic() < ends_at, "the job does not end")
        time.sleep(0.2)
    count, after = 0, ""
    while True:
        page = target.client.get(f"/networks/often/snapshots?limit=100{after}")
        count += len(page["data"])
        if not page["has_more"]:
            break
        after = f"&after={page['last_id']}"
    must(count <= 210, f"{count} snapshots are kept")


@case
def labels_that_a_spreadsheet_would_run(target: Target) -> None:
    label = "=cmd|' /C calc'!A0"
    layers = [{"type": "dense", "units": 2, "activation": "softmax"}]
    body = {"name": "formula", "inputs": 1, "labels": [label, "b"], "layers": layers, "loss": "cross_entropy"}
    target.client.ask("POST", "/networks", body)
    rows = {"network": "formula", "inputs": [[-9], [9]]}
    answer = target.client.ask("POST", "/predict?escape_formulas=true", rows, Accept="text/csv")
    must(answer.status == 200, f"answered {answer.status}")
    must(b"\n=cmd" not in answer.body and b'\n"=cmd' not in answer.body, "a cell begins as a formula")


def run(folder: Path, names: list[str], say: Callable[[str], None]) -> dict[str, str]:
    """What is wrong with each case that fails."""
    failures: dict[str, str] = {}
    with running(folder) as service:
        target = Target(service, Client(service.url))
        target.client.post("/networks", {"name": "honest", **PLAIN})
        for name in names:
            began = time.monotonic()
            try:
                CASES[name](target)
                answers_soon(target)
            except (DrillFailed, AssertionError, OSError) as failed:
                failures[name] = str(failed)
            say(f"{'FAILED' if name in failures else 'held  '} {name} ({time.monotonic() - began:.1f} s)")
    return failures


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m drills hostile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", choices=[*CASES, []], help=f"of {', '.join(CASES)}")
    names = parser.parse_args(arguments).cases or list(CASES)
    with tempfile.TemporaryDirectory() as folder:
        failures = run(Path(folder) / "data", names, lambda line: print(line, flush=True))
    for name, message in failures.items():
        print(f"{name}: {message}")
    return 1 if failures else 0
