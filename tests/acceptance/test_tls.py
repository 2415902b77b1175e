"""The service with a certificate of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import until
from tests.acceptance.running import ROOT, free_port

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


def make_certificate(folder: Path, name: str = "tls") -> tuple[Path, Path]:
    """A certificate for localhost and its key, both PEM."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:ff.example.org"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


def post(connection: http.client.HTTPConnection, path: str, body: Any) -> tuple[Any, str | None]:
    """What was answered, and its cookie."""
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    with connection.getresponse() as answer:
        return json.loads(answer.read()), answer.headers["Set-Cookie"]


def serve_command(folder: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--data", str(folder)]


def is_healthy(environment: Mapping[str, str]) -> bool:
    """What the health check of the container says."""
    found = re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", (ROOT / "Dockerfile").read_text(), re.DOTALL)
    assert found is not None
    _, *arguments = json.loads(found[1])
    return (
        subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, timeout=60).returncode == 0
    )


def test_with_a_certificate_it_is_served_over_https_alone(tmp_path: Path) -> None:
    (certificate, key), port, log = make_certificate(tmp_path), free_port(), (tmp_path / "log").open("w+")
    environment = os.environ | {
        "FEEDFORWARD_TLS_CERTIFICATE": str(certificate),
        "FEEDFORWARD_TLS_KEY": str(key),
        "PYTHONPATH": str(ROOT),
    }
    command = serve_command(tmp_path / "data", port)
    service = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        until(lambda: f"ready at https://127.0.0.1:{port}" in (tmp_path / "log").read_text(), "a start over HTTPS")
        context = ssl.create_default_context(cafile=str(certificate))
        with closing(http.client.HTTPSConnection("localhost", port, timeout=30, context=context)) as connection:
            secret, _ = post(connection, "/keys", {"name": "me", "scopes": ["admin"]})
            _, cookie = post(connection, "/session", {"key": secret["key"]})
        assert str(cookie).startswith("__Host-ff=")
        assert is_healthy(environment | {"FEEDFORWARD_PORT": str(port)})
        assert not is_healthy({"FEEDFORWARD_PORT": str(port)})
        with (
            closing(http.client.HTTPConnection("localhost", port, timeout=30)) as plain,
            pytest.raises((http.client.HTTPException, OSError)),
        ):
            plain.request("GET", "/healthz")
            plain.getresponse()
    finally:
        service.terminate()
        service.wait(30)
        log.close()


@pytest.mark.parametrize("kind", ["missing", "not a certificate", "of another key"])
def test_a_certificate_that_cannot_be_used_ends_the_start_in_words(tmp_path: Path, kind: str) -> None:
    certificate, key = make_certificate(tmp_path)
    if kind == "missing":
        certificate = tmp_path / "nothing"
    elif kind == "of another key":
        _, key = make_certificate(tmp_path, "other")
    else:
        certificate.write_text("hello")
    environment = os.environ | {"FEEDFORWARD_TLS_CERTIFICATE": str(certificate), "FEEDFORWARD_TLS_KEY": str(key)}
    command = serve_command(tmp_path / "data", free_port())
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert done.stderr.startswith("Error: FEEDFORWARD_TLS_CERTIFICATE")
