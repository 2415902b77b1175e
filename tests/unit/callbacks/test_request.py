"""One request: what is sent, what is believed of the answer, and what is never done."""

import socket
import ssl
import subprocess

import pytest

from service.callbacks.request import Failed, Rejected, post
from service.callbacks.target import read_target
from tests.receivers import answering, receiver


def send(url, *, private_allowed=True, timeout_seconds=5.0, headers=None, body=b"{}"):
    return post(read_target(url), headers or {}, body, private_allowed=private_allowed, timeout_seconds=timeout_seconds)


def test_the_request_arrives_as_it_was_meant():
    with receiver(202) as there:
        assert send(there.url, headers={"webhook-id": "msg_1"}, body="Käse".encode()) == 202
    [received] = there.received
    assert (received.path, received.body) == ("/hook?for=me", "Käse".encode())
    assert received.headers == {
        "host": f"127.0.0.1:{there.port}",
        "webhook-id": "msg_1",
        "content-length": "5",
        "connection": "close",
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0", "[::ffff:127.0.0.1]"])
def test_without_leave_no_private_address_is_reached_by_any_name(host):
    with receiver() as there:
        with pytest.raises(Rejected, match="FEEDFORWARD_CALLBACK_PRIVATE"):
            send(f"http://{host}:{there.port}/", private_allowed=False)
    assert there.received == []


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_judged(monkeypatch):
    """A name means a public address first and this machine a moment later: nobody asks for the second meaning."""
    asked = []

    def getaddrinfo(host, port, *rest, **options):
        asked.append(host)
        address = "203.0.114.1" if host == "rebinding.example" and asked.count(host) == 1 else "127.0.0.1"
        if host == "203.0.114.1":  # create_connection looks at what it is given, which is an address by now
            address = host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with receiver() as there:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        with pytest.raises(Failed):
            send(f"http://rebinding.example:{there.port}/", private_allowed=False, timeout_seconds=0.3)
    assert there.received == []
    assert asked.count("rebinding.example") == 1


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with receiver() as there:
        assert send(there.url) == 204


def test_redirects_are_answers_and_not_followed():
    with receiver() as inside, receiver(307, location=inside.url) as there:
        assert send(there.url) == 307
    assert inside.received == []


def test_a_host_is_tried_at_each_of_its_addresses(monkeypatch):
    def getaddrinfo(host, port, *rest, **options):
        addresses = ["127.0.0.9", "127.0.0.1"] if host == "two.example" else [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    with receiver() as there:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        assert send(f"http://two.example:{there.port}/") == 204


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([b"HTTP/1.1 200\r\n"], 200),
        ([b"HTTP/1.0 503 Sorry\r\n\r\n"], 503),
        ([b"HT", b"TP/1.1 2", b"00 OK\r", b"\n"], 200),
        ([b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n"], 204),
    ],
)
def test_the_final_status_is_read(pieces, status):
    with answering(*pieces) as port:
        assert send(f"http://127.0.0.1:{port}/") == status


@pytest.mark.parametrize(
    ("pieces", "endless", "message"),
    [
        ([b""], b"", "not HTTP"),
        ([b"SSH-2.0-OpenSSH_9\r\n"], b"", "not HTTP"),
        ([b"HTTP/1.1 999 What\r\n\r\n"], b"", "not HTTP"),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"], b"", "not HTTP"),
        ([b"HTTP/1.1 2"], b"0" * 1000, "too long"),
        ([], b"HTTP/1.1 100 Continue\r\n\r\n" * 200, "too long"),
        ([], b"H", "within 0.3 seconds"),  # a byte now and then
    ],
)
def test_an_answer_that_is_none_fails_in_bounded_time_and_memory(pieces, endless, message):
    with answering(*pieces, endless=endless) as port:
        with pytest.raises(Failed, match=message):
            send(f"http://127.0.0.1:{port}/", timeout_seconds=0.3 if endless == b"H" else 5.0)


def test_silence_and_closed_ports_fail_with_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Failed, match="no answer within 0.2 seconds"):
            send(f"http://127.0.0.1:{port}/", timeout_seconds=0.2)
    with pytest.raises(Failed, match="connection failed: Connection refused"):
        send(f"http://127.0.0.1:{port}/")


def test_a_name_that_nobody_knows_fails_with_a_sentence():
    with pytest.raises(Failed, match="The name nobody.invalid is not known"):
        send("http://nobody.invalid/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody has signed, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "cert.pem", folder / "key.pem"
    options = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=here"
    subject = ["-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", *options.split(), *subject, "-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_https_goes_to_a_host_whose_certificate_is_trusted(tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with receiver(tls=tls) as there:
        assert send(there.url, body=b"secret") == 204
        with pytest.raises(Failed, match="certificate of localhost cannot be trusted"):
            send(there.url.replace("127.0.0.1", "localhost"))
    assert [received.body for received in there.received] == [b"secret"]


def test_https_to_a_host_that_nobody_vouches_for_sends_nothing(tls):
    with receiver(tls=tls) as there:
        with pytest.raises(Failed, match="certificate of 127.0.0.1 cannot be trusted"):
            send(there.url)
    assert there.received == []
