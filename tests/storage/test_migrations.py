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
from tests.storage.makers import execute

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


def test_an_empty_database_is_told_from_one_that_is_ready(empty_url):
    with pytest.raises(StorageError, match="upgrade-db"):
        check(empty_url)


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
    assert (kept.id, kept.created_by, kept.created_by_key) == ("ds_1", None, None)
    assert (storage.read_chunk("ds_1", 0), storage.read_preview("ds_1")) == (b"rows", [{}])
    storage.close()
