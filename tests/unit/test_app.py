"""Composing the web service from its configuration."""

from pathlib import Path

import pytest

from service.app import build_backend
from service.config import Config, ConfigError


def config(folder: Path) -> Config:
    return Config.from_environment({"FEEDFORWARD_DATA_DIR": str(folder)})


def test_a_missing_data_folder_is_created(tmp_path):
    folder = tmp_path / "deep" / "data"
    backend = build_backend(config(folder))
    backend.dispatcher.close()
    backend.storage.close()
    assert folder.is_dir()


def test_a_data_folder_that_cannot_be_created_names_its_variable(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="FEEDFORWARD_DATA_DIR: .*/file/data cannot be created: Not a directory"):
        build_backend(config(tmp_path / "file" / "data"))
