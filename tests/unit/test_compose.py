"""docker-compose.yml and Dockerfile, as far as they can be checked without a container."""

import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from service.cli.commands import main
from service.cli.serve import read_key
from service.config import Config, variable_of
from tests.compose import proxy_block

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "feedforward")
#: Every secret may be in a file.
SETTINGS = {variable_of(item) + end for item in fields(Config) for end in ("", *(() if item.repr else ("_FILE",)))}
ENTRYPOINT = json.loads(re.findall(r"^ENTRYPOINT (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[0])


def accepts(arguments: list[str]) -> bool:
    """Whether the command line knows the command and all its options; nothing is run."""
    return CliRunner().invoke(main, [*arguments, "--help"]).exit_code == 0


def test_the_scaled_service_has_a_migration_web_servers_workers_and_their_databases():
    assert set(SERVICES) == {"migrate", "web", "worker", "proxy", "postgres", "redis"}
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
    assert set(SERVICES[name]["environment"]) <= SETTINGS


def test_secrets_come_from_files_alone():
    assert not re.findall(r"\$\{\w*(?:PASSWORD|SECRET|KEY|URL)", TEXT)
    assert not {"DATABASE_URL", "QUEUE_URL", "FEEDFORWARD_CALLBACK_SECRET"} & set(SERVICES["web"]["environment"])
    for service in SERVICES.values():
        mounted = {f"/run/secrets/{name}" for name in service.get("secrets", [])}
        named = set(re.findall(r"/run/secrets/\w+", json.dumps([service.get("environment"), service.get("command")])))
        assert named == mounted
    assert COMPOSE["secrets"] == {name: {"file": f"./secrets/{name}"} for name in COMPOSE["secrets"]}


def test_the_secrets_that_are_made_are_those_that_are_used(tmp_path):
    folder, key = tmp_path / "secrets", "a key"
    command = [ROOT / "deploy" / "make-secrets", folder]
    subprocess.run(command, input=key, text=True, check=True)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert subprocess.run(command, input=key, text=True, check=False).returncode != 0  # nothing is replaced
    assert {path.name for path in folder.iterdir()} == set(COMPOSE["secrets"])
    files = {
        "DATABASE_URL_FILE": str(folder / "database_url"),
        "QUEUE_URL_FILE": str(folder / "queue_url"),
        "FEEDFORWARD_CALLBACK_SECRET_FILE": str(folder / "callback_secret"),
    }
    config = Config.from_environment(files)
    assert (folder / "postgres_password").read_text().strip() in config.database_url
    assert (folder / "redis_password").read_text().strip() in config.queue_url
    assert read_key(folder / "admin_key") == key


def test_no_secret_is_made_without_an_admin_key(tmp_path):
    made = subprocess.run([ROOT / "deploy" / "make-secrets", tmp_path / "secrets"], input="", text=True, check=False)
    assert made.returncode == 1
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("name", [*OURS, "proxy"])
def test_the_root_of_what_requests_reach_is_read_only(name):
    assert SERVICES[name]["read_only"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_has_limits(name):
    assert set(SERVICES[name]["deploy"]["resources"]["limits"]) == {"cpus", "memory"}


def test_the_proxys_block_leads_to_the_web_servers_without_tls(tmp_path):
    """What the proxy's container runs before nginx, with its two paths in a folder here."""
    text = proxy_block(tmp_path)
    assert "server web:8000;" in text and "server_name _;" in text and "    server 127" not in text
    assert "listen 80;" in text and "ssl_certificate" not in text and "location / {" in text
    port = SERVICES["proxy"]["ports"][0].rpartition(":")[2]
    assert port == "80" and "http://127.0.0.1/healthz" in SERVICES["proxy"]["healthcheck"]["test"]


def test_no_port_is_open_beyond_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"proxy"}
    assert all(port.startswith("127.0.0.1:") for port in published["proxy"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_everything_that_stays_says_whether_it_is_well(name):
    health = SERVICES[name].get("healthcheck")
    assert health["test"][0] == "CMD" if health else "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_what_is_kept_is_kept_in_named_volumes():
    mounted = {line.partition(":")[0] for service in SERVICES.values() for line in service.get("volumes", [])}
    mounted.remove("./deploy/nginx.conf")
    assert mounted == set(COMPOSE["volumes"]) == {"postgres", "redis"}


def test_the_image_runs_as_an_ordinary_user_and_installs_by_hash():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER feedforward" in lines
    assert any("pip install" in line and "--require-hashes" in line for line in lines)


def test_every_foreign_image_is_pinned_by_its_digest():
    images = [service["image"] for service in SERVICES.values() if service["image"] != "feedforward"]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(images) == 5
    for image in images:
        assert re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", image), image


def test_the_image_gets_every_file_that_the_service_needs():
    image = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    copied = re.findall(r"^COPY (?!--from)(\S+) ", image, re.MULTILINE)
    let_through = [line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"]
    assert sorted(copied) == sorted(let_through) == ["migrations", "requirements.txt", "service"]
    assert all((ROOT / path).exists() for path in copied)
