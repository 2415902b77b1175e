"""docker-compose.yml and Dockerfile, as far as they can be checked without a container."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from service.cli.commands import main
from service.config import Config, variable_of

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "feedforward")
ENTRYPOINT = json.loads(re.findall(r"^ENTRYPOINT (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[0])


def accepts(arguments: list[str]) -> bool:
    """Whether the command line knows the command and all its options; nothing is run."""
    return CliRunner().invoke(main, [*arguments, "--help"]).exit_code == 0


def test_the_scaled_service_has_a_migration_web_servers_workers_and_their_databases():
    assert set(SERVICES) == {"migrate", "web", "worker", "postgres", "redis"}
    assert OURS == ["migrate", "web", "worker"]


def test_an_unknown_command_or_option_would_be_noticed():
    assert not accepts(["sevre"])
    assert not accepts(["serve", "--insecur"])


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_the_command_line(name):
    assert ENTRYPOINT == ["python", "-m", "service.cli"]
    assert accepts(SERVICES[name]["command"])


def test_the_workers_health_is_asked_of_the_command_line():
    test = SERVICES["worker"]["healthcheck"]["test"]
    assert test[:4] == ["CMD", *ENTRYPOINT]
    assert accepts(test[4:])


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_that_the_service_reads(name):
    assert set(SERVICES[name]["environment"]) <= {variable_of(item) for item in fields(Config)}


def test_no_password_has_a_default():
    assert not re.findall(r"\$\{\w*PASSWORD\w*(?!\w*:\?)", TEXT)
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        assert f"${{{name}:?" in TEXT


def test_no_port_is_open_beyond_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_everything_that_stays_says_whether_it_is_well(name):
    health = SERVICES[name].get("healthcheck")
    assert health["test"][0] == "CMD" if health else "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_what_is_kept_is_kept_in_named_volumes():
    mounted = {line.partition(":")[0] for service in SERVICES.values() for line in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"]) == {"postgres", "redis"}


def test_the_image_runs_as_an_ordinary_user_and_installs_by_hash():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER feedforward" in lines
    assert any("pip install" in line and "--require-hashes" in line for line in lines)


def test_the_image_gets_every_file_that_the_service_needs():
    copied = re.findall(r"^COPY (\S+) ", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    let_through = [line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"]
    assert sorted(copied) == sorted(let_through) == ["migrations", "requirements.txt", "service"]
    assert all((ROOT / path).exists() for path in copied)
