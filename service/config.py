"""Everything that can be set from outside, read from the environment once, by the composition roots alone."""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from service.callbacks.signature import read_secret
from service.domain.key_limits import read_rate
from service.tracking.servers import Server, read_servers

PREFIX = "FEEDFORWARD_"
SQLITE = "sqlite:///"
#: Which clients send.
OWN_HEADERS = frozenset({"authorization", "cookie", "host", "origin", "user-agent", "x-api-key"})
#: Ends the name of a variable that names a file with a secret.
FILE = "_FILE"


class ConfigError(Exception):
    """A setting cannot be used; the message names the variable and says what would be right."""


def setting(read: Callable[[str], Any], default: Any, help: str, *, variable: str = "", secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"read": read, "help": help, "variable": variable})


def whole(minimum: int, maximum: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        # Without a bound, Python would refuse to read what is longer than 4,300 digits by a fault of its own.
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and minimum <= int(text) <= maximum):
            raise ValueError(f"must be a whole number from {minimum} to {maximum}, got {text[:40]!r}")
        return int(text)

    return read


def url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        # The text itself is not quoted: it may hold a password.
        if not text.startswith(schemes):
            raise ValueError(f"must begin with {' or '.join(schemes)}")
        return text

    return read


def flag(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in words:
        raise ValueError(f"must be true or false, got {text[:40]!r}")
    return words[text.lower()]


def words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]


def hosts(text: str) -> frozenset[str]:
    names = {word.lower().removeprefix("[").removesuffix("]") for word in words(text)}
    for name in names:
        # An IPv6 address has colons; in a name, one would begin a port.
        if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", name) or (":" in name and name.count(":") < 2):
            raise ValueError(f"must be host names without a port, separated by commas, got {name[:40]!r}")
    return frozenset(names)


def origins(text: str) -> frozenset[str]:
    for word in words(text):
        if not re.fullmatch(r"https?://[^/?#@\s*]+", word):
            raise ValueError(f"must be origins such as https://app.example.org, separated by commas, got {word[:40]!r}")
    return frozenset(word.lower() for word in words(text))


def networks(text: str) -> frozenset[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    def parsed(word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        try:
            return ipaddress.ip_network(word)
        except ValueError:
            message = "must be addresses or networks such as 10.0.0.0/8, separated by commas"
            raise ValueError(f"{message}, got {word[:40]!r}") from None

    return frozenset(map(parsed, words(text)))


def header_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", text) or text.lower() in OWN_HEADERS:
        raise ValueError(f"must be the name of a header that only the proxy sets, got {text[:40]!r}")
    return text


def base_path(text: str) -> str:
    if not re.fullmatch(r"/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?", text):
        raise ValueError(f"must be a path such as /ff/, got {text[:40]!r}")
    return text.rstrip("/")


def one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be {' or '.join(words)}, got {text[:40]!r}")
        return text

    return read


def rate(text: str) -> str:
    read_rate(text)
    return text


def secret(text: str) -> str:
    read_secret(text)
    return text


def folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


@dataclass(frozen=True, kw_only=True)
class Config:
    """Each field is one environment variable: its name in capitals behind `FEEDFORWARD_`, unless said otherwise.

    A secret may be in a file instead, which the variable with `_FILE` at its end names.
    """

    data_dir: Path = setting(folder, Path("data"), "folder for the SQLite files and everything else the service stores")
    database_url: str = setting(
        url(SQLITE, "postgresql://", "postgresql+psycopg://"),
        "",
        "`postgresql://user:password@host/name`; if unset, an SQLite file in the data folder",
        variable="DATABASE_URL",
        secret=True,
    )
    queue_url: str = setting(
        url(SQLITE, "redis://", "rediss://", "celery+redis://", "celery+rediss://"),
        "",
        "`redis://host:6379/0`, or `celery+redis://…` to use Celery; if unset, an SQLite file in the data folder",
        variable="QUEUE_URL",
        secret=True,
    )
    host: str = setting(str, "127.0.0.1", "address to listen on")
    port: int = setting(whole(1, 65535), 8000, "port to listen on")
    allowed_hosts: frozenset[str] = setting(
        hosts, frozenset(), "further host names that the service answers to, separated by commas"
    )
    cors_origins: frozenset[str] = setting(
        origins, frozenset(), "origins of web pages on other sites that may call the service, separated by commas"
    )
    trusted_proxies: frozenset[ipaddress.IPv4Network | ipaddress.IPv6Network] = setting(
        networks,
        frozenset(),
        "addresses or networks of the proxies whose `X-Forwarded-For`, `-Proto` and `-Host` count, separated by commas",
    )
    identity_header: str = setting(
        header_name, "", "header in which a trusted proxy names the user whom it has signed in, such as `X-Auth-User`"
    )
    identity_groups_header: str = setting(header_name, "", "header with the groups of that user, separated by commas")
    identity_file: Path | None = setting(folder, None, "TOML file with the scopes and networks of users and groups")
    base_path: str = setting(base_path, "", "path under which a proxy offers the service, such as `/ff/`")
    tls_certificate: Path | None = setting(folder, None, "file with the certificate chain (PEM) for HTTPS")
    tls_key: Path | None = setting(folder, None, "file with the private key (PEM) of that certificate")
    admin_key_file: Path | None = setting(
        folder, None, "file with a key from `keys generate`, which gets the scope admin; for containers"
    )
    limit_predict: str = setting(
        rate, "1000/second", "predictions, evaluations and explanations that one key may ask for; 0: no limit"
    )
    limit_train: str = setting(rate, "600/minute", "networks and jobs that one key may create; 0: no limit")
    limit_uploads: str = setting(rate, "120/minute", "data sets that one key may upload or read again; 0: no limit")
    limit_running_jobs: int = setting(whole(0, 10**6), 0, "jobs of one key that run at the same time; 0: no limit")
    limit_queued_jobs: int = setting(whole(0, 10**6), 250, "jobs of one key that wait; 0: no limit")
    limit_stored_bytes: int = setting(
        whole(0, 2**60), 0, "bytes of data sets, rows of jobs and snapshots that one key may store; 0: no limit"
    )
    limit_failed_keys: str = setting(rate, "30/minute", "wrong keys from one address, until it gets 429; 0: no limit")
    web_workers: int = setting(whole(1, 256), 1, "number of web processes")
    web_threads: int = setting(whole(2, 1024), 64, "threads per web process; each open event stream uses one")
    max_streams: int = setting(whole(1, 1023), 32, "open event streams per web process; must be fewer than its threads")
    frozen_seconds: int = setting(
        whole(5, 3600), 30, "how long a web process may do nothing before it is killed and replaced"
    )
    log_format: str = setting(one_of("text", "json"), "text", "`json`: one JSON object per log line")
    access_log: bool = setting(flag, False, "`true`: a log line for every answer")
    audit_days: int = setting(whole(0, 36_500), 365, "days that the audit goes back; 0: without end")
    slots: int = setting(whole(1, 256), 1, "jobs a worker trains at the same time")
    executor: str = setting(
        one_of("auto", "python", "native"),
        "auto",
        "what makes the engine's calls: `native`, compiled on this machine, `python`, or `auto`: native where it works",
    )
    lease_seconds: int = setting(whole(5, 3600), 60, "how long a silent worker keeps its job")
    sweep_seconds: int = setting(whole(1, 3600), 10, "how often a worker looks for abandoned jobs")
    grace_seconds: int = setting(whole(1, 3600), 10, "how long a job may take to stop before it is killed")
    checkpoint_seconds: int = setting(whole(1, 3600), 5, "shortest time between two checkpoints of a running job")
    max_crashes: int = setting(whole(1, 100), 3, "crashes without a new checkpoint in between after which a job fails")
    max_job_bytes: int = setting(
        whole(0, 2**50), 0, "memory limit of a training process; 0: the memory of the machine or its container"
    )
    job_niceness: int = setting(
        whole(0, 19), 10, "niceness of a training process, so that predictions come first where they share a core"
    )
    job_threads: int = setting(
        whole(0, 64),
        0,
        "threads in which a job trains the members of an ensemble, or folds; 0: the cores, divided among the slots",
    )
    callback_secret: str = setting(
        secret, "", "`whsec_…`: signs the callbacks of jobs without their own secret", secret=True
    )
    callback_private: bool = setting(flag, False, "`true`: callbacks may go to private addresses")
    callback_attempts: int = setting(whole(1, 20), 8, "delivery attempts per callback")
    mlflow_servers: tuple[Server, ...] = setting(
        read_servers,
        (),
        "MLflow servers that trainings may be reported to, separated by commas: `name=http://host:5000`, with the "
        "path of a file with a token behind a space",
    )
    max_body_bytes: int = setting(whole(1024, 2**31), 64 * 2**20, "largest request body, in bytes")
    max_upload_bytes: int = setting(whole(1024, 2**40), 2**30, "largest data set file, in bytes")
    max_received_bytes: int = setting(
        whole(2**20, 2**45),
        4 * 2**30,
        "maximum bytes of request bodies a web process receives at one time, in memory and on disk",
    )
    max_connections: int = setting(whole(16, 10**6), 4096, "open connections per web process")
    body_first_byte_seconds: int = setting(whole(1, 3600), 10, "time limit for the first byte of a request body")
    body_bytes_per_second: int = setting(
        whole(0, 2**30), 4096, "minimum rate of a request body, averaged over each 10 seconds"
    )
    body_seconds: int = setting(whole(1, 86_400), 60, "time limit for a whole request body")
    upload_seconds: int = setting(
        whole(0, 10**6), 0, "time limit for a whole data set file; 0: none while it keeps the minimum rate"
    )
    stalled_answer_seconds: int = setting(
        whole(1, 3600), 60, "how long the reader of a long answer may take nothing before it is disconnected"
    )
    max_parameters: int = setting(whole(1, 10**9), 20_000_000, "maximum parameters per network")
    max_network_cost: int = setting(
        whole(1, 10**9), 25_000_000, "maximum of parameters plus outputs of all layers per network"
    )
    max_epochs: int = setting(whole(1, 10**9), 1_000_000, "maximum epochs per job")
    max_queued_jobs: int = setting(whole(1, 10**6), 1000, "maximum number of waiting jobs")
    max_ingest_bytes: int = setting(
        whole(0, 2**50), 0, "memory limit for reading one uploaded file; 0: a share of the machine's memory"
    )
    max_snapshot_bytes: int = setting(whole(0, 2**60), 50 * 2**30, "maximum bytes of all snapshots; 0: no limit")
    max_dataset_bytes: int = setting(
        whole(0, 2**60), 50 * 2**30, "maximum bytes of all data sets, as stored; 0: no limit"
    )
    max_job_data_bytes: int = setting(
        whole(0, 2**60), 20 * 2**30, "maximum bytes of the rows sent with all jobs; 0: no limit"
    )
    max_answer_bytes: int = setting(
        whole(0, 2**60), 5 * 2**30, "maximum bytes of the answers that networks keep; 0: no limit"
    )
    max_wait_seconds: int = setting(whole(0, 600), 30, "longest wait that `Prefer: wait` can request")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Config:
        """Read all settings; an empty variable counts as unset. Raise ConfigError at the first that cannot be used."""
        given = with_files(os.environ if environment is None else environment)
        config = cls(**{item.name: read(item, given) for item in fields(cls) if given.get(variable_of(item))})
        if config.max_streams >= config.web_threads:
            raise ConfigError("FEEDFORWARD_MAX_STREAMS must be less than FEEDFORWARD_WEB_THREADS")
        if (config.tls_certificate is None) != (config.tls_key is None):
            raise ConfigError("FEEDFORWARD_TLS_CERTIFICATE and FEEDFORWARD_TLS_KEY belong together: set both, or none")
        if config.identity_header and not (config.trusted_proxies and config.identity_file):
            raise ConfigError(
                "FEEDFORWARD_IDENTITY_HEADER needs FEEDFORWARD_TRUSTED_PROXIES, which may send it, and "
                "FEEDFORWARD_IDENTITY_FILE, which says what users may do"
            )
        data_dir = config.data_dir.absolute()
        return dataclasses.replace(
            config,
            data_dir=data_dir,
            database_url=config.database_url or f"{SQLITE}{data_dir / 'feedforward.db'}",
            queue_url=config.queue_url or f"{SQLITE}{data_dir / 'queue.db'}",
        )

    @property
    def embedded_database(self) -> bool:
        """The database is a file that only this machine sees, so `serve` brings its tables up to date."""
        return self.database_url.startswith(SQLITE)

    @property
    def embedded_queue(self) -> bool:
        """The queue is a file that only this machine sees, so `serve` brings a worker of its own."""
        return self.queue_url.startswith(SQLITE)

    @property
    def scheme(self) -> str:
        return "https" if self.tls_certificate else "http"

    @property
    def listens_beyond_this_machine(self) -> bool:
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"


def with_files(given: Mapping[str, str]) -> dict[str, str]:
    """The environment with each secret that a `*_FILE` variable names read from its file. Raises ConfigError."""
    environment = dict(given)
    for item in fields(Config):
        variable = variable_of(item)
        path = given.get(variable + FILE)
        if item.repr or not path:
            continue
        if given.get(variable):
            raise ConfigError(f"{variable} and {variable}{FILE} must not be set together")
        environment[variable] = read_file(variable + FILE, Path(path).expanduser())
    return environment


def read_file(variable: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{variable} must name a readable file: {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{variable} must name a text file in UTF-8: {path}") from None
    if not text:
        raise ConfigError(f"{variable} must name a file with a value, and {path} is empty")
    return text


def variable_of(item: Field[Any]) -> str:
    return item.metadata["variable"] or PREFIX + item.name.upper()


def read(item: Field[Any], given: Mapping[str, str]) -> Any:
    try:
        return item.metadata["read"](given[variable_of(item)])
    except ValueError as error:
        raise ConfigError(f"{variable_of(item)} {error}") from None


def hidden_password(address: str) -> str:
    """A URL as it may be shown."""
    address = re.sub("(password=)[^&]*", r"\1***", address)
    return re.sub(r"(://[^:/@]*):.*@", r"\1:***@", address)
