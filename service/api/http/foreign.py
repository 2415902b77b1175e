"""Routes of other protocols: they have documents of their own, and are not in ours."""

from __future__ import annotations

from flask import Blueprint

from service.api.http.smorest import Decorator, View


class ForeignBlueprint(Blueprint):
    """Reads requests as their protocol says: unknown fields and arguments are no error."""

    def serve(self, *rules: str, operation_id: str, method: str = "GET") -> Decorator:
        """Route several addresses to one view. The audit calls it by `operation_id`."""

        def decorate(view: View, /) -> View:
            view.__dict__["_apidoc"] = {"manual_doc": {"operationId": operation_id}}
            for rule in rules:
                self.add_url_rule(rule, view_func=view, methods=[method])
            return view

        return decorate


def versioned(rest: str, prefix: str = "/v2/models/<model>") -> tuple[str, str]:
    """An address of a model, and of one of its versions."""
    return f"{prefix}{rest}", f"{prefix}/versions/<version>{rest}"
