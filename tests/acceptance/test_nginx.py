"""The service behind nginx, by the block of deploy/: below a path, over TLS, with a key and a session."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import until
from tests.acceptance.running import ROOT, free_port
from tests.acceptance.test_tls import make_certificate, serve_command

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None or shutil.which("openssl") is None, reason="needs nginx and openssl")

NAME = "feedforward.example.org"
AROUND = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{block}
}}
"""


Reply = tuple[int, http.client.HTTPMessage, bytes]


@dataclass
class Reached:
    """The service as a client of nginx sees it."""

    port: int
    key: str
    log: Path

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        context = ssl._create_unverified_context()
        host = f"{NAME}:{self.port}"
        sent = {"Host": host, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)) as connection:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            with connection.getresponse() as answer:
                return answer.status, answer.headers, answer.read()

    def ask_with_key(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        return self.ask(method, path, body, Authorization=f"Bearer {self.key}", **headers)


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    folder = tmp_path_factory.mktemp("nginx")
    data, port, inner, log = folder / "data", free_port(), free_port(), folder / "log"
    environment = os.environ | {
        "FEEDFORWARD_ALLOWED_HOSTS": NAME,
        "FEEDFORWARD_TRUSTED_PROXIES": "127.0.0.1",
        "FEEDFORWARD_BASE_PATH": "/ff/",
        "FEEDFORWARD_ACCESS_LOG": "true",
        "FEEDFORWARD_LOG_FORMAT": "json",
        "PYTHONPATH": str(ROOT),
    }
    command = serve_command(data, inner)
    create = [*command[:3], "keys", "create", "--name", "me", "--scopes", "admin", "--data", str(data)]
    made = subprocess.run(create, env=environment, capture_output=True, text=True, timeout=60, check=True)
    with log.open("w") as written:
        service = subprocess.Popen(command, env=environment, stdout=written, stderr=subprocess.STDOUT)
        proxy = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(nginx_file(folder, port, inner))])
        try:
            until(lambda: "is ready at" in log.read_text(), "a start")
            found = Reached(port, made.stdout.splitlines()[-1], log)
            until(lambda: is_up(found), "nginx")
            yield found
        finally:
            for process in (proxy, service):
                process.terminate()
                process.wait(30)


def nginx_file(folder: Path, port: int, inner: int) -> Path:
    """The block of deploy/, on free ports and with a certificate of its own."""
    certificate, key = make_certificate(folder)
    block = (ROOT / "deploy/nginx.conf").read_text()
    for pattern, text in (
        (r"listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{inner};"),
        (r"ssl_certificate \S+;", f"ssl_certificate {certificate};"),
        (r"ssl_certificate_key \S+;", f"ssl_certificate_key {key};"),
    ):
        block, count = re.subn(pattern, text, block)
        assert count == 1, pattern
    file = folder / "nginx.conf"
    file.write_text(AROUND.format(folder=folder, block=block))
    return file


def is_up(reached: Reached) -> bool:
    try:
        return reached.ask("GET", "/ff/healthz")[0] == 200
    except OSError:
        return False


def test_the_page_and_its_files_are_below_the_path(reached: Reached) -> None:
    status, headers, _ = reached.ask("GET", "/ff")
    assert status in (301, 308) and str(headers["Location"]).endswith("/ff/")
    status, _, page = reached.ask("GET", "/ff/")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.decode())
    assert status == 200 and len(addresses) > 4
    for address in addresses:
        assert not address.startswith("/"), address
        if address != "docs":
            assert reached.ask("GET", f"/ff/{address}")[0] == 200, address


def test_nothing_but_the_page_answers_without_a_key(reached: Reached) -> None:
    assert reached.ask("GET", "/ff/networks")[0] == 401
    assert reached.ask("GET", "/ff/networks", Host="evil.test")[0] == 421
    assert reached.ask("GET", "/ff/networks", X_Forwarded_For="127.0.0.1", X_Forwarded_Host="localhost")[0] == 401


def test_a_training_and_its_events_keep_the_path(reached: Reached) -> None:
    network = {"name": "xor", "inputs": 2, "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]}
    status, headers, body = reached.ask_with_key("POST", "/ff/networks", network)
    assert status == 201, body
    assert str(headers["Location"]).startswith("/ff/networks/net_")
    training = {"network": "xor", "epochs": 2, "data": {"inputs": [[0, 1], [1, 1]], "targets": [[1], [0]]}}
    status, headers, body = reached.ask_with_key("POST", "/ff/train", training)
    assert status == 202, body
    events = json.loads(body)["links"]["events"]
    assert events.startswith("/ff/jobs/")
    assert b"event: end" in reached.ask_with_key("GET", events, Accept="text/event-stream")[2]
    assert json.loads(reached.ask_with_key("GET", "/ff/openapi.json")[2])["servers"] == [{"url": "/ff"}]


def test_a_browser_signs_in_over_tls_and_the_log_names_its_address(reached: Reached) -> None:
    page = {"Origin": f"https://{NAME}:{reached.port}", "Sec_Fetch_Site": "same-origin"}
    status, headers, body = reached.ask("POST", "/ff/session", {"key": reached.key}, **page)
    assert status == 200, body
    cookie = str(headers["Set-Cookie"])
    assert cookie.startswith("__Host-ff=") and "Secure" in cookie and "Path=/;" in cookie
    assert reached.ask("GET", "/ff/networks", Cookie=cookie.partition(";")[0])[0] == 200
    foreign = page | {"Origin": "https://evil.test"}
    assert reached.ask("POST", "/ff/session", {"key": reached.key}, **foreign)[0] == 403


def test_a_client_cannot_write_its_own_address_into_the_log(reached: Reached) -> None:
    reached.ask("GET", "/ff/networks?marked", X_Forwarded_For="203.0.113.9", X_Request_ID="marked")
    lines = [json.loads(line) for line in reached.log.read_text().splitlines() if line.startswith("{")]
    clients = {line.get("client") for line in lines if "client" in line}
    assert clients and "203.0.113.9" not in clients
