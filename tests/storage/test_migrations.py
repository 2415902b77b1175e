import ast
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.errors import Damaged, StorageError
from service.storage.migrate import check, downgrade, upgrade
from service.storage.sql.engine import make_engine
from service.storage.sql.open import open_storage
from tests.storage.makers import execute, select

ROOT = Path(__file__).parents[2]
#: Binary data by the begin of a database's URL.
BLOB = {"sqlite": "BLOB", "postgr": "BYTEA"}
VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


def tables(url):
    engine = make_engine(url)
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_the_migrations_make_exactly_the_tables_we_use(empty_url):
    upgrade(empty_url)
    check(empty_url)


def test_a_database_goes_down_to_nothing_and_up_again(empty_url):
    upgrade(empty_url)
    downgrade(empty_url, "base")
    assert tables(empty_url) == {"alembic_version"}
    upgrade(empty_url)
    check(empty_url)


def test_a_second_upgrade_changes_nothing(empty_url):
    upgrade(empty_url)
    execute(empty_url, "INSERT INTO workers (id, slots, seen_at) VALUES ('one', 1, 0.0)")
    upgrade(empty_url)
    check(empty_url)
    storage = open_storage(empty_url)
    assert storage.count_workers(alive_within_seconds=float("inf")) == 1
    storage.close()


def test_an_empty_database_is_distinguished_from_one_that_is_ready(empty_url):
    with pytest.raises(StorageError, match="upgrade-db"):
        check(empty_url)


def test_a_database_of_a_newer_version_is_named_as_such_and_stays_as_it_is(empty_url):
    upgrade(empty_url)
    execute(empty_url, "UPDATE alembic_version SET version_num = '9999'")
    for action in (check, upgrade):
        with pytest.raises(StorageError, match="a newer one has upgraded it"):
            action(empty_url)
    assert select(empty_url, "SELECT version_num FROM alembic_version") == [("9999",)]


@pytest.mark.parametrize("change", ["ALTER TABLE jobs ADD COLUMN extra TEXT", "DROP INDEX ix_jobs_status_id"])
def test_a_schema_changed_by_hand_is_found_out(empty_url, change):
    upgrade(empty_url)
    execute(empty_url, change)
    with pytest.raises(StorageError, match="differs"):
        check(empty_url)


def test_processes_that_upgrade_at_once_do_not_meet(empty_url):
    code = "import sys; from service.storage.migrate import upgrade; upgrade(sys.argv[1])"
    commands = [subprocess.Popen([sys.executable, "-c", code, empty_url], cwd=ROOT) for _ in range(3)]
    assert [command.wait(timeout=60) for command in commands] == [0, 0, 0]
    check(empty_url)


def test_a_migration_that_leaves_orphans_is_rejected(tmp_path):
    url = f"sqlite:///{tmp_path / 'orphans.db'}"
    upgrade(url)
    execute(url, "INSERT INTO job_data (job_id, data) VALUES ('job_missing', x'00')")
    with pytest.raises(StorageError, match="refer to nothing"):
        downgrade(url, "0001")


def test_foreign_keys_are_checked_only_after_a_migration(tmp_path):
    url = f"sqlite:///{tmp_path / 'orphans.db'}"
    upgrade(url)
    execute(url, "INSERT INTO job_data (job_id, data) VALUES ('job_missing', x'00')")
    upgrade(url)


def test_a_damaged_file_is_named_as_such_and_not_as_a_failed_migration(tmp_path):
    path = tmp_path / "damaged.db"
    upgrade(f"sqlite:///{path}")
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096 * 100)
    with pytest.raises(Damaged, match="restore a backup"):
        upgrade(f"sqlite:///{path}")


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_imports_no_service_code(path):
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
    }
    assert not [name for name in imported if name and name.split(".")[0] == "service"]


def test_explicit_weights_move_out_of_a_spec_whose_first_snapshot_has_them(empty_url):
    upgrade(empty_url, "0003")
    spec = '{"layers": [{"units": 1, "weights": [[1.5]], "biases": null, "layers": [{"weights": [[2.5]]}]}]}'
    columns = "id, name, description, tags, spec, inputs, outputs, parameter_count, created_at, updated_at, deleting"
    for name in ("with", "without"):
        execute(
            empty_url,
            f"INSERT INTO networks ({columns}, snapshot_count)"
            f" VALUES ('net_{name}', '{name}', '', '{{}}', '{spec}', 1, 1, 1, 0, 0, false, 1)",
        )
    execute(
        empty_url,
        "INSERT INTO snapshots (id, network_id, number, epoch, kind, metrics, dtype, manifest, sha256, size_bytes,"
        " created_at) VALUES ('snap_1', 'net_with', 1, 0, 'initial', '{}', 'float32', '[]', '', 0, 0)",
    )
    upgrade(empty_url)
    check(empty_url)
    storage = open_storage(empty_url)
    moved, kept = storage.get_network("with"), storage.get_network("without")
    storage.close()
    assert moved.spec["layers"][0]["weights"] is moved.spec["layers"][0]["layers"][0]["weights"] is None
    assert (moved.explicit_weights, kept.explicit_weights) == (True, False)
    assert kept.spec["layers"][0]["weights"] == [[1.5]]


def test_a_data_set_keeps_its_rows_when_its_table_is_rebuilt(empty_url):
    upgrade(empty_url, "0014")
    execute(
        empty_url,
        "INSERT INTO datasets (id, name, fingerprint, sha256, format, options, size_bytes, rows, columns, warnings,"
        " chunks, created_at, profiles, preview)"
        " VALUES ('ds_1', 'birds', 'f', '', 'csv', '{}', 1, 0, '[]', '[]', 1, 0, '[]', '[{}]')",
        "INSERT INTO dataset_chunks (dataset_id, number, rows, sha256, bytes)"
        f" VALUES ('ds_1', 0, 0, '{hashlib.sha256(b'rows').hexdigest()}', CAST('rows' AS {BLOB[empty_url[:6]]}))",
    )
    upgrade(empty_url)
    check(empty_url)
    storage = open_storage(empty_url)
    kept = storage.get_dataset("birds")
    assert (kept.id, kept.created_by, kept.created_by_key, kept.revision) == ("ds_1", None, None, 1)
    assert (storage.read_chunk("ds_1", 0), storage.read_preview("ds_1")) == (b"rows", [{}])
    storage.close()


def test_aliases_become_versions_and_what_succeeded_may_be_live(empty_url, caplog):
    upgrade(empty_url, "0015")
    execute(
        empty_url,
        *(old_row("networks", id=f"net_{name}", name=name, snapshot_count=4) for name in ("named", "digits", "plain")),
        old_row("jobs", id="job_done", network_id="net_plain", status="succeeded"),
        old_row("jobs", id="job_lost", network_id="net_plain", status="failed"),
        old_row("snapshots", id="snap_1", network_id="net_named", number=1, kind="initial", alias="production"),
        old_row("snapshots", id="snap_2", network_id="net_digits", number=1, kind="initial", alias="7"),
        old_row("snapshots", id="snap_3", network_id="net_digits", number=2, kind="imported", alias="alias-7"),
        old_row("snapshots", id="snap_4", network_id="net_plain", number=1, kind="initial"),
        old_row("snapshots", id="snap_5", network_id="net_plain", number=2, kind="last", job_id="job_done"),
        old_row("snapshots", id="snap_6", network_id="net_plain", number=3, kind="best", job_id="job_done"),
        old_row("snapshots", id="snap_7", network_id="net_plain", number=4, kind="last", job_id="job_lost"),
    )
    upgrade(empty_url)
    check(empty_url)
    storage = open_storage(empty_url)
    found = {
        (network, ref): storage.find_snapshot(f"net_{network}", ref).id
        for network, ref in (
            ("named", "live"),
            ("digits", "alias-7-2"),
            ("digits", "alias-7"),
            ("digits", "1"),
            ("plain", "live"),
            ("plain", "best"),
        )
    }
    assert list(found.values()) == ["snap_1", "snap_2", "snap_3", "snap_2", "snap_5", "snap_6"]
    assert storage.choose_snapshot("net_plain", "best").comparison.monitored == "loss"
    assert storage.get_alias("net_digits", "alias-7-2").moved.number == 1
    storage.close()
    assert caplog.messages == [
        "The alias 7 of network digits is called alias-7-2 now: digits are numbers of versions.",
        "Network named now answers from its alias production by default, not from its newest weights.",
    ]
    downgrade(empty_url, "0015")
    aliases = dict(select(empty_url, "SELECT id, alias FROM snapshots WHERE alias IS NOT NULL"))
    assert aliases == {"snap_1": "production", "snap_2": "alias-7-2", "snap_3": "alias-7"}


def test_networks_from_before_are_loaded(empty_url):
    upgrade(empty_url, "0024")
    counts = {"snapshot_count": 0, "version_count": 0, "event_count": 0}
    execute(empty_url, old_row("networks", id="net_1", name="one", **counts))
    upgrade(empty_url)
    check(empty_url)
    storage = open_storage(empty_url)
    assert storage.get_network("one").unloaded is False
    storage.close()


def old_row(table, **values):
    """An INSERT with what the table needs besides."""
    common = {
        "networks": {"description": "", "tags": "{}", "spec": "{}", "inputs": 1, "outputs": 1, "parameter_count": 1}
        | {"created_at": 0, "updated_at": 0, "deleting": False, "explicit_weights": False},
        "jobs": {"want": "run", "options": '{"training": {}}', "epoch": 1, "epochs": 1, "token": 1, "crashes": 0}
        | {"seconds": 0, "rows": 1, "stopped_early": False, "created_at": 0, "queued_at": 0, "event_count": 0}
        | {"data_bytes": 0},
        "snapshots": {"epoch": 0, "metrics": "{}", "dtype": "float32", "manifest": "[]", "sha256": "", "size_bytes": 0}
        | {"created_at": 0},
    }
    row = {**common[table], **values}
    written = ", ".join(f"'{value}'" if isinstance(value, str) else str(value).lower() for value in row.values())
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({written})"


def test_revisions_of_one_name_are_distinguished_before_there_were_revisions(empty_url):
    upgrade(empty_url)
    for number, name in enumerate(("a", "a", "b"), 1):
        execute(
            empty_url,
            "INSERT INTO datasets (id, name, fingerprint, sha256, format, options, size_bytes, rows, columns, warnings,"
            " chunks, created_at, revision, profiles, preview) VALUES"
            f" ('ds_{number}', '{name}', 'f{number}', '', 'csv', '{{}}', 1, 0, '[]', '[]', 1, 0, {number}, '[]', '[]')",
        )
    downgrade(empty_url, "0016")
    names = [name for (name,) in select(empty_url, "SELECT name FROM datasets ORDER BY id")]
    assert names == ["a", "a@2", "b"]
    upgrade(empty_url)
    storage = open_storage(empty_url)
    assert (storage.get_dataset("a@2").id, storage.get_dataset("a").id) == ("ds_2", "ds_1")
    storage.close()


def test_a_callback_under_way_and_the_settings_of_a_log_survive_watches(empty_url):
    upgrade(empty_url, "0023")
    execute(
        empty_url,
        old_row("networks", id="net_1", name="one", snapshot_count=0, answer_log='{"share": 0.5}', version_count=0),
        old_row("jobs", id="job_1", network_id="net_1", status="succeeded", kind="training", rows_done=0)
        .replace("INSERT INTO jobs (", "INSERT INTO jobs (origin, turn, ")
        .replace("VALUES (", "VALUES ('train', 0, "),
        "INSERT INTO callbacks (job_id, url, attempts, due_at) VALUES ('job_1', 'https://example.org/', 2, 0)",
    )
    upgrade(empty_url)
    check(empty_url)
    storage = open_storage(empty_url)
    assert storage.get_network("one").answer_log == {"share": 0.5, "ks": None, "watch": None}
    due = storage.claim_callback(lease_seconds=60)
    assert (due.id, due.about, due.url, due.attempt) == ("job_1", storage.get_job("job_1"), "https://example.org/", 3)
    storage.close()
    downgrade(empty_url, "0023")
    assert select(empty_url, "SELECT job_id, attempts FROM callbacks") == [("job_1", 3)]
    assert "watch" not in str(select(empty_url, "SELECT answer_log FROM networks"))
