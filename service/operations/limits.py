"""How much one request, and one key, may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.key_limits import KeyLimits


@dataclass(frozen=True, kw_only=True)
class Limits:
    max_body_bytes: int = 64 * 2**20
    max_upload_bytes: int = 2**30  #: of the file of a data set
    max_ingest_bytes: int = 0  #: memory in which one file is read; 0: by the memory of the machine
    max_uploads: int = 4  #: received and read at the same time by one web process
    max_parameters: int = 20_000_000  #: of one network
    max_network_cost: int = 25_000_000  #: parameters and outputs of all layers of one network
    max_layers: int = 1000  #: of one network, nested ones too
    max_epochs: int = 1_000_000  #: of one job
    max_queued_jobs: int = 1000
    max_snapshot_bytes: int = 50 * 2**30  #: of all snapshots together; 0: no limit
    max_dataset_bytes: int = 50 * 2**30  #: of all data sets together
    max_job_data_bytes: int = 20 * 2**30  #: of the rows that all jobs brought along
    max_answer_bytes: int = 5 * 2**30  #: of the answers that are kept
    max_predicted_rows: int = 10_000  #: of one request
    max_predicted_numbers: int = 1_000_000  #: outputs of all its rows together
    max_predicted_work: int = 50_000_000_000  #: these rows times the cost of the network
    max_evaluated_work: int = 500_000_000_000  #: rows of one evaluation times the cost of the network
    max_attributed_rows: int = 100  #: of one request
    max_attributed_work: int = 50_000_000  #: these rows times the cost of the network
    max_attributed_numbers: int = 1_000_000  #: shares of all inputs of these rows together
    max_explained_rows: int = 32
    max_explained_numbers: int = 1_000_000  #: that one explanation answers
    max_streams: int = 32  #: open event streams of one web process
    private_callbacks: bool = False  #: callbacks may go to private addresses
    signed_callbacks: bool = False  #: the service has a secret, so that a job need not bring one
    mlflow_servers: tuple[str, ...] = ()  #: names of those that trainings may be reported to
    max_wait_seconds: int = 30  #: longest wait a `Prefer: wait` is granted
    max_cache_bytes: int = 512 * 2**20  #: weights kept ready in one web process
    idempotency_seconds: float = 24 * 3600.0  #: how long an Idempotency-Key is remembered
    keys: KeyLimits = KeyLimits(  #: of one key
        predict="1000/second",
        train="600/minute",
        uploads="120/minute",
        running_jobs=0,
        queued_jobs=250,
        stored_bytes=0,
    )
    failed_keys: str = "30/minute"  #: wrong keys from one address
    worker_silence_seconds: float = 60.0  #: a worker without a heartbeat for longer counts as dead
