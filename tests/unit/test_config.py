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


def test_a_password_does_not_show_in_the_printed_config() -> None:
    given = {"DATABASE_URL": "postgresql://user:secret@db/name", "QUEUE_URL": "redis://:secret@queue/0"}
    assert "secret" not in repr(Config.from_environment(given))


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
