"""`openapi`: the OpenAPI document, as `openapi.json` keeps it."""

from __future__ import annotations

import json
from tempfile import TemporaryDirectory

import click


@click.command()
def openapi() -> None:
    """Print the OpenAPI document. Needs no database and leaves no files."""
    click.echo(json.dumps(openapi_document(), indent=2, ensure_ascii=False))


def openapi_document() -> object:
    """The document that `GET /openapi.json` answers with, whatever the environment configures."""
    from service.api.docs import document
    from service.api.http.json_provider import encode
    from service.app import create_app
    from service.config import PREFIX, Config

    with TemporaryDirectory() as folder:
        config = Config.from_environment({f"{PREFIX}DATA_DIR": folder})
        with create_app(config).app_context():
            return json.loads(encode(document()))
