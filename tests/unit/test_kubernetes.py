"""The manifests in deploy/kubernetes, as far as they can be checked without a cluster."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from service.cli.commands import main
from service.config import Config, variable_of

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
KINDS = {("apps/v1", "Deployment"), ("batch/v1", "Job"), ("v1", "Service"), ("networking.k8s.io/v1", "Ingress")}
OBJECTS: list[dict[str, Any]] = [
    document for path in sorted(FOLDER.iterdir()) for document in yaml.safe_load_all(path.read_text())
]
PODS = {one["metadata"]["name"]: one["spec"]["template"] for one in OBJECTS if "template" in one["spec"]}
SETTINGS = {variable_of(item) + end for item in fields(Config) for end in ("", *(() if item.repr else ("_FILE",)))}


def by_kind(kind):
    return [one for one in OBJECTS if one["kind"] == kind]


def container(name):
    (only,) = PODS[name]["spec"]["containers"]
    return only


def test_there_is_a_migration_web_servers_workers_and_a_way_in():
    assert {(one["apiVersion"], one["kind"]) for one in OBJECTS} == KINDS
    assert set(PODS) == {"feedforward-migrate", "feedforward-web", "feedforward-worker"}
    names = [(one["kind"], one["metadata"]["name"]) for one in OBJECTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", PODS)
def test_every_command_is_one_of_the_command_line(name):
    assert CliRunner().invoke(main, [*container(name)["args"], "--help"]).exit_code == 0


@pytest.mark.parametrize("name", PODS)
def test_every_setting_is_one_that_the_service_reads(name):
    environment = {one["name"]: one["value"] for one in container(name)["env"]}
    assert set(environment) <= SETTINGS
    assert all(isinstance(value, str) for value in environment.values())
    Config.from_environment({name: value for name, value in environment.items() if not name.endswith("_FILE")})


@pytest.mark.parametrize("name", PODS)
def test_secrets_are_files_of_the_one_secret(name):
    for one in container(name)["env"]:
        assert one["name"].endswith("_FILE") == one["value"].startswith("/run/secrets/feedforward/")
    (secret,) = [volume["secret"] for volume in PODS[name]["spec"]["volumes"] if "secret" in volume]
    assert secret["secretName"] == "feedforward"
    created = (FOLDER / "migrate.yaml").read_text()
    for one in container(name)["env"]:
        if one["name"].endswith("_FILE"):
            assert f"--from-literal={one['value'].rpartition('/')[2]}=" in created


@pytest.mark.parametrize("name", PODS)
def test_every_pod_is_an_ordinary_user_with_a_read_only_root_and_limits(name):
    pod, contained = PODS[name]["spec"], container(name)
    assert pod["securityContext"]["runAsNonRoot"]
    assert contained["securityContext"]["readOnlyRootFilesystem"]
    assert contained["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in contained["resources"]["limits"]
    assert {mount["name"] for mount in contained["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}


def test_probes_ask_routes_that_exist():
    paths = json.loads((FOLDER.parents[1] / "openapi.json").read_text())["paths"]
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        probe = container("feedforward-web")[name]["httpGet"]
        assert probe["port"] in {port["name"] for port in container("feedforward-web")["ports"]}
        assert "get" in paths[probe["path"]]
    command = container("feedforward-worker")["readinessProbe"]["exec"]["command"]
    assert command[:3] == ["python", "-m", "service.cli"]
    assert CliRunner().invoke(main, [*command[3:], "--help"]).exit_code == 0


def test_what_selects_finds_what_it_should():
    for one in by_kind("Deployment"):
        assert one["spec"]["selector"]["matchLabels"].items() <= one["spec"]["template"]["metadata"]["labels"].items()
    (service,) = by_kind("Service")
    found = [
        name for name, pod in PODS.items() if service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    ]
    assert found == ["feedforward-web"]
    (ingress,) = by_kind("Ingress")
    (rule,) = ingress["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] == service["metadata"]["name"]
    hosts = {one["name"]: one["value"] for one in container("feedforward-web")["env"]}["FEEDFORWARD_ALLOWED_HOSTS"]
    assert rule["host"] in hosts.split(",") and service["metadata"]["name"] in hosts.split(",")
