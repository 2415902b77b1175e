"""Data sets: tables that are uploaded once."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from feedforward_client._sync.networks import Networks, Proposal
from feedforward_client._sync.transport import Transport
from feedforward_client.records import DatasetRecord, Record
from feedforward_client.requests import Request, given, path
from feedforward_client.tables import read_upload, types_query


class Dataset(DatasetRecord):
    def __init__(self, transport: Transport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    @property
    def reference(self) -> str:
        """This revision of the name, `churn@3`."""
        return f"{self.name}@{self.revision}"

    def proposal(self, target: str | list[str]) -> Proposal:
        """A network and a training that suit the table and the column to predict."""
        return Networks(self._transport).propose(self.id, target)

    def rename(self, name: str) -> Dataset:
        fields = self._transport.json(Request("PATCH", path("datasets", self.id), body={"name": name}))
        return Dataset(self._transport, fields)

    def delete(self) -> None:
        self._transport.send(Request("DELETE", path("datasets", self.id)))

    def preview(self, *, limit: int | None = None) -> Record:
        """The first rows."""
        return Record(self._transport.json(Request("GET", path("datasets", self.id, "preview"), given(limit=limit))))

    def read(self, *, first: int | None = None, limit: int | None = None) -> Record:
        """A range of the rows, from row `first`."""
        query = given(first=first, limit=limit)
        return Record(self._transport.json(Request("GET", path("datasets", self.id, "rows"), query)))

    def reread(self, **options: Any) -> Dataset:
        """The same file read in another way, as another data set. Options as of `upload`, and `name`."""
        query = {**options, "types": types_query(options.get("types") or {})}
        request = Request("POST", path("datasets", self.id, "reread"), query, creates=True)
        return Dataset(self._transport, self._transport.json(request))

    def parquet(self) -> bytes:
        """All rows as a Parquet file."""
        request = Request("GET", path("datasets", self.id, "table.parquet"), headers={"Accept": "*/*"})
        response = self._transport.send(request)
        return response.content

    def to_pandas(self) -> Any:
        """All rows as a DataFrame. Needs pandas and pyarrow."""
        import pandas as pd

        return pd.read_parquet(io.BytesIO(self.parquet()))


class Datasets:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def upload(
        self,
        table: Any,
        name: str | None = None,
        *,
        revision: bool = False,
        types: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Dataset:
        """Upload a DataFrame, a file's path, its bytes, a matrix or a dict of columns.

        `types` sets column types: `{"year": "category"}`. Otherwise text of a DataFrame stays text (a category), and
        files are read as docs/datasets.md says; so do its options (delimiter, decimal, dates, missing, sheet, …). The
        index of a DataFrame is not sent.
        """
        upload = read_upload(table)
        query = {
            "name": name or (upload.filename and _name_of(upload.filename)),
            "revision": revision or None,
            "types": types_query({**upload.types, **(types or {})}),
            **options,
        }
        request = Request(
            "POST", "/datasets", query, content=upload.content, content_type=upload.content_type, creates=True
        )
        return Dataset(self._transport, self._transport.json(request))

    def get(self, name: str) -> Dataset:
        """By name, `name@revision` or id."""
        return Dataset(self._transport, self._transport.json(Request("GET", path("datasets", name))))

    def list(self, **filters: Any) -> Iterator[Dataset]:
        """Newest first. Filters: name, created_by, revisions="all"."""
        for fields in self._transport.pages("/datasets", filters):
            yield Dataset(self._transport, fields)

    def delete(self, name: str, *, revisions: str | None = None) -> None:
        """`revisions="all"` deletes all revisions of a name that has several."""
        self._transport.send(Request("DELETE", path("datasets", name), {"revisions": revisions}))


def _name_of(filename: str) -> str:
    return filename.partition(".")[0]
