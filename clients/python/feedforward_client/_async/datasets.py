"""Data sets: tables that are uploaded once."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from typing import Any

from feedforward_client._async.networks import AsyncNetworks, AsyncProposal
from feedforward_client._async.transport import AsyncTransport
from feedforward_client.records import DatasetRecord, Record
from feedforward_client.requests import Request, given, path
from feedforward_client.tables import read_upload, types_query


class AsyncDataset(DatasetRecord):
    def __init__(self, transport: AsyncTransport, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._transport = transport

    @property
    def reference(self) -> str:
        """This revision of the name, `churn@3`."""
        return f"{self.name}@{self.revision}"

    async def proposal(self, target: str | list[str]) -> AsyncProposal:
        """A network and a training that suit the table and the column to predict."""
        return await AsyncNetworks(self._transport).propose(self.id, target)

    async def rename(self, name: str) -> AsyncDataset:
        fields = await self._transport.json(Request("PATCH", path("datasets", self.id), body={"name": name}))
        return AsyncDataset(self._transport, fields)

    async def delete(self) -> None:
        await self._transport.send(Request("DELETE", path("datasets", self.id)))

    async def preview(self, *, limit: int | None = None) -> Record:
        """The first rows."""
        return Record(
            await self._transport.json(Request("GET", path("datasets", self.id, "preview"), given(limit=limit)))
        )

    async def read(self, *, first: int | None = None, limit: int | None = None) -> Record:
        """A range of the rows, from row `first`."""
        query = given(first=first, limit=limit)
        return Record(await self._transport.json(Request("GET", path("datasets", self.id, "rows"), query)))

    async def reread(self, **options: Any) -> AsyncDataset:
        """The same file read in another way, as another data set. Options as of `upload`, and `name`."""
        query = {**options, "types": types_query(options.get("types") or {})}
        request = Request("POST", path("datasets", self.id, "reread"), query, creates=True)
        return AsyncDataset(self._transport, await self._transport.json(request))

    async def parquet(self) -> bytes:
        """All rows as a Parquet file."""
        request = Request("GET", path("datasets", self.id, "table.parquet"), headers={"Accept": "*/*"})
        response = await self._transport.send(request)
        return response.content

    async def to_pandas(self) -> Any:
        """All rows as a DataFrame. Needs pandas and pyarrow."""
        import pandas as pd

        return pd.read_parquet(io.BytesIO(await self.parquet()))


class AsyncDatasets:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def upload(
        self,
        table: Any,
        name: str | None = None,
        *,
        revision: bool = False,
        types: Mapping[str, str] | None = None,
        **options: Any,
    ) -> AsyncDataset:
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
        return AsyncDataset(self._transport, await self._transport.json(request))

    async def get(self, name: str) -> AsyncDataset:
        """By name, `name@revision` or id."""
        return AsyncDataset(self._transport, await self._transport.json(Request("GET", path("datasets", name))))

    async def list(self, **filters: Any) -> AsyncIterator[AsyncDataset]:
        """Newest first. Filters: name, created_by, revisions="all"."""
        async for fields in self._transport.pages("/datasets", filters):
            yield AsyncDataset(self._transport, fields)

    async def delete(self, name: str, *, revisions: str | None = None) -> None:
        """`revisions="all"` deletes all revisions of a name that has several."""
        await self._transport.send(Request("DELETE", path("datasets", name), {"revisions": revisions}))


def _name_of(filename: str) -> str:
    return filename.partition(".")[0]
