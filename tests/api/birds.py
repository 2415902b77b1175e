"""Networks over a small table of birds, fitted to it, with weights that make their answers easy to work out."""

import numpy as np

from service.data.frame import Column, Frame
from service.data.preprocessing.fitted import fit
from service.data.preprocessing.table import TableSpec
from service.domain.ids import new_id
from service.domain.snapshots import NewSnapshot

ISLAND = {"name": "island", "type": "category", "categories": ["Biscoe", "Dream"]}
MASS = {"name": "mass", "type": "number", "impute": "none"}
BILL = {"name": "bill", "type": "number"}
SPECIES = {"name": "species", "type": "category", "categories": ["Adelie", "Gentoo", "Chinstrap"]}
FRAME = Frame(
    {
        "mass": Column("number", np.array([3000.0, 4000, 5000, 4000])),
        "bill": Column("number", np.array([40.0, np.nan, 44, 42])),
        "island": Column("category", np.array([1, 0, 1, 1], np.int32), ("Biscoe", "Dream")),
        "species": Column("category", np.array([0, 1, 2, 0], np.int32), ("Adelie", "Gentoo", "Chinstrap")),
        "weight": Column("number", np.array([100.0, 200, 300, 400])),
        "price": Column("number", np.array([1.0, 2, 3, 6])),
        "male": Column("boolean", np.array([1.0, 0, 1, 0])),
        "tagged": Column("boolean", np.array([1.0, 1, 1, 0])),
    }
)


def fitted_network(client, storage, name, target, units, *, weights, activation="linear", **fields):
    """A network of one layer with these weights, fitted to FRAME: inputs mass, bill, island."""
    layer = {"type": "dense", "units": units, "activation": activation}
    body = {
        "name": name,
        "inputs": [MASS, BILL, ISLAND],
        "target": target,
        "layers": [layer],
        "dtype": "float64",
        **fields,
    }
    made = client.post("/networks", json=body)
    assert made.status_code == 201, made.text
    fitted = fit(TableSpec.from_json(made.json["table"]), FRAME)
    first = storage.find_snapshot(made.json["id"], "latest")
    flat = np.concatenate((np.array(weights, np.float64), np.zeros((1, units))))
    storage.add_snapshot(
        NewSnapshot(
            id=new_id("snap"),
            network_id=made.json["id"],
            job_id=None,
            epoch=1,
            kind="imported",
            dtype="float64",
            manifest=first.manifest,
            values=flat.T.astype("<f8").tobytes(),
            preprocessing=fitted.to_json(),
        )
    )
    return fitted
