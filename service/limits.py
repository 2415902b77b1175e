"""The limits that the configuration sets, for every process that works with a backend."""

from __future__ import annotations

from service.config import Config
from service.domain.key_limits import KeyLimits
from service.operations.limits import Limits


def limits_of(config: Config) -> Limits:
    return Limits(
        max_body_bytes=config.max_body_bytes,
        max_upload_bytes=config.max_upload_bytes,
        max_parameters=config.max_parameters,
        max_network_cost=config.max_network_cost,
        max_epochs=config.max_epochs,
        max_queued_jobs=config.max_queued_jobs,
        max_ingest_bytes=config.max_ingest_bytes,
        max_snapshot_bytes=config.max_snapshot_bytes,
        max_dataset_bytes=config.max_dataset_bytes,
        max_job_data_bytes=config.max_job_data_bytes,
        max_answer_bytes=config.max_answer_bytes,
        max_streams=config.max_streams,
        max_wait_seconds=config.max_wait_seconds,
        private_callbacks=config.callback_private,
        signed_callbacks=bool(config.callback_secret),
        mlflow_servers=tuple(server.name for server in config.mlflow_servers),
        keys=KeyLimits(
            predict=config.limit_predict,
            train=config.limit_train,
            uploads=config.limit_uploads,
            running_jobs=config.limit_running_jobs,
            queued_jobs=config.limit_queued_jobs,
            stored_bytes=config.limit_stored_bytes,
        ),
        failed_keys=config.limit_failed_keys,
        worker_silence_seconds=config.lease_seconds,
    )
