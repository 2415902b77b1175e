from dataclasses import fields
from pathlib import Path

import pytest

from service.config import Config, ConfigError, hidden_password, variable_of


def test_without_any_variable_everything_is_embedded_in_the_data_folder() -> None:
    config = Config.from_environment({})
    assert config.data_dir == Path.cwd() / "data"
    assert config.database_url == f"sqlite:///{config.data_dir}/feedforward.db"
    assert config.queue_url == f"sqlite:///{config.data_dir}/queue.db"
    assert config.embedded_database and config.embedded_queue
    assert not config.listens_beyond_this_machine


def test_an_empty_variable_counts_as_unset() -> None:
    empty = {variable_of(item): "" for item in fields(Config)}
    assert Config.from_environment(empty) == Config.from_environment({})


def test_postgresql_and_redis_end_the_embedded_mode() -> None:
    given = {"DATABASE_URL": "postgresql://user:secret@db/name", "QUEUE_URL": "redis://queue/0"}
    config = Config.from_environment(given)
    assert not config.embedded_database and not config.embedded_queue
    assert not Config.from_environment({"QUEUE_URL": "celery+redis://queue/0"}).embedded_queue


def test_lists_are_separated_by_commas_and_written_in_small_letters() -> None:
    given = {
        "FEEDFORWARD_ALLOWED_HOSTS": "FF.example.org, [::1],web",
        "FEEDFORWARD_CORS_ORIGINS": "https://App.test:81",
    }
    config = Config.from_environment(given)
    assert config.allowed_hosts == {"ff.example.org", "::1", "web"}
    assert config.cors_origins == {"https://app.test:81"}


def test_a_base_path_ends_without_a_slash() -> None:
    assert Config.from_environment({"FEEDFORWARD_BASE_PATH": "/tools/ff/"}).base_path == "/tools/ff"
    assert Config.from_environment({"FEEDFORWARD_BASE_PATH": "/"}).base_path == ""


def test_proxies_are_addresses_and_networks() -> None:
    proxies = Config.from_environment({"FEEDFORWARD_TRUSTED_PROXIES": "127.0.0.1, fd00::/8"}).trusted_proxies
    assert {str(network) for network in proxies} == {"127.0.0.1/32", "fd00::/8"}


@pytest.mark.parametrize("variable", ["FEEDFORWARD_TLS_CERTIFICATE", "FEEDFORWARD_TLS_KEY"])
def test_a_certificate_and_its_key_belong_together(variable: str) -> None:
    with pytest.raises(ConfigError, match="belong together"):
        Config.from_environment({variable: "tls.pem"})


def test_a_password_does_not_show_in_the_printed_config() -> None:
    given = {"DATABASE_URL": "postgresql://user:secret@db/name", "QUEUE_URL": "redis://:secret@queue/0"}
    assert "secret" not in repr(Config.from_environment(given))


SECRETS = {
    "DATABASE_URL": "postgresql://user:secret@db/name",
    "QUEUE_URL": "redis://:secret@queue/0",
    "FEEDFORWARD_CALLBACK_SECRET": "whsec_" + "c2VjcmV0" * 4,
}


def test_every_secret_can_be_read_from_a_file(tmp_path: Path) -> None:
    secret = {variable_of(item) for item in fields(Config) if not item.repr}
    assert secret == set(SECRETS)
    for variable, value in SECRETS.items():
        (tmp_path / variable).write_text(value + "\n")
    files = {f"{variable}_FILE": str(tmp_path / variable) for variable in SECRETS}
    assert Config.from_environment(files) == Config.from_environment(SECRETS)


def test_an_empty_name_of_a_file_counts_as_unset() -> None:
    assert Config.from_environment({"DATABASE_URL_FILE": ""}) == Config.from_environment({})


def test_a_secret_and_its_file_must_not_be_given_together(tmp_path: Path) -> None:
    given = {"QUEUE_URL": SECRETS["QUEUE_URL"], "QUEUE_URL_FILE": str(tmp_path)}
    with pytest.raises(ConfigError, match="^QUEUE_URL and QUEUE_URL_FILE must not be set together"):
        Config.from_environment(given)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_rejected_with_its_variable(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "url"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"^DATABASE_URL_FILE must name a .*url"):
        Config.from_environment({"DATABASE_URL_FILE": str(path)})


def test_a_bad_value_in_a_file_is_rejected_without_showing_it(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("mysql://user:secret@db/name")
    with pytest.raises(ConfigError, match="^DATABASE_URL must begin") as caught:
        Config.from_environment({"DATABASE_URL_FILE": str(path)})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://user:se@cr:et@db/name", "postgresql://user:***@db/name"),
        ("redis://:secret@queue/0", "redis://:***@queue/0"),
        ("postgresql://u@db/ff?password=se@cret&sslmode=require", "postgresql://u@db/ff?password=***&sslmode=require"),
        ("postgresql://u:secret@db/ff?sslpassword=secret", "postgresql://u:***@db/ff?sslpassword=***"),
        ("sqlite:////data/feedforward.db", "sqlite:////data/feedforward.db"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    assert hidden_password(address) == shown


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FEEDFORWARD_PORT", "eight"),
        ("FEEDFORWARD_PORT", "0"),
        ("FEEDFORWARD_PORT", "65536"),
        ("FEEDFORWARD_PORT", "-1"),
        ("FEEDFORWARD_PORT", "٨٠٠٠"),
        ("FEEDFORWARD_PORT", "0000000080001"),
        ("FEEDFORWARD_MAX_UPLOAD_BYTES", "9" * 30),
        ("FEEDFORWARD_SLOTS", "0"),
        ("FEEDFORWARD_SLOTS", "9" * 10_000),
        ("FEEDFORWARD_LEASE_SECONDS", "1.5"),
        ("FEEDFORWARD_CALLBACK_PRIVATE", "maybe"),
        ("FEEDFORWARD_MAX_STREAMS", "64"),
        ("FEEDFORWARD_ALLOWED_HOSTS", "ff.example.org:8000"),
        ("FEEDFORWARD_ALLOWED_HOSTS", "*"),
        ("FEEDFORWARD_CORS_ORIGINS", "app.example.org"),
        ("FEEDFORWARD_CORS_ORIGINS", "https://*"),
        ("FEEDFORWARD_TRUSTED_PROXIES", "proxy.example.org"),
        ("FEEDFORWARD_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("FEEDFORWARD_BASE_PATH", "ff"),
        ("FEEDFORWARD_BASE_PATH", "/ff//x"),
        ("FEEDFORWARD_BASE_PATH", "/../x"),
        ("DATABASE_URL", "mysql://user:secret@db/name"),
        ("QUEUE_URL", "amqp://user:secret@queue"),
        ("FEEDFORWARD_CALLBACK_SECRET", "whsec_secret"),
    ],
)
def test_a_value_that_cannot_be_used_is_rejected_with_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{variable} must be") as caught:
        Config.from_environment({variable: value})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "beyond"),
    [
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.5", True),
        ("example.org", True),
    ],
)
def test_only_loopback_addresses_count_as_this_machine(host: str, beyond: bool) -> None:
    assert Config.from_environment({"FEEDFORWARD_HOST": host}).listens_beyond_this_machine is beyond
