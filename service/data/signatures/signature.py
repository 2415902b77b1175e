"""What one network takes and gives. Its two kinds are a network of plain numbers and one for the columns of a table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from service.data.extra_columns import ExtraColumns, KnownColumns
from service.data.frame import Frame
from service.data.matrices import MAX_ISSUES
from service.data.number_columns import NumberColumns
from service.data.open_inference.tensor import Tensor, Values
from service.data.preprocessing.fitted import Encoded
from service.data.preprocessing.report import Held
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.signatures.classes import Classifier
from service.data.signatures.encoders import Encoder
from service.data.signatures.labelled_rows import LabelledRows
from service.data.signatures.tensor_spec import ROWS, TensorSpec
from service.data.targets import TargetForm
from service.engine.arrays import Array
from service.engine.losses.base import Kind
from service.engine.metrics.decisions import ClassThreshold
from service.engine.network import Network
from service.engine.units import Units
from service.schema.validation import DataError, Path, ValidationIssue


class Signature(ABC):
    """Reads the rows of a request for its network, and gives the network's outputs their names and units.

    `service.data.signatures.choice` chooses the kind of a network's signature; nothing else asks for it.
    """

    network: Network
    form: TargetForm
    threshold: ClassThreshold | None
    #: Whether weights come with statistics of the rows that trained them, and mean nothing without.
    has_statistics: ClassVar[bool]

    @property
    @abstractmethod
    def inputs(self) -> tuple[TensorSpec, ...]:
        """What a row holds, in order."""

    @property
    @abstractmethod
    def predicted(self) -> tuple[TensorSpec, ...]:
        """What is predicted for a row, apart from probabilities."""

    @cached_property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What is predicted for a row, and where the network predicts classes their probabilities."""
        return (*self.predicted, *self._probabilities())

    @property
    @abstractmethod
    def kind(self) -> Kind | None:
        """Whether the network predicts numbers or classes; None where its loss alone can say."""

    @cached_property
    def classifier(self) -> Classifier | None:
        """Reads the network's outputs as classes; None for a network that predicts numbers."""
        return Classifier.of(self.form, self.network, self.threshold)

    @property
    def positive(self) -> str | None:
        """Of two classes predicted by one output, the one that precision, recall, f1 and roc_auc are of."""
        if self.classifier is None or self.classifier.multilabel or self.network.outputs != 1:
            return None
        return self.form.names[1]

    @property
    @abstractmethod
    def output_names(self) -> Sequence[int | str]:
        """What each of the network's outputs is called: its label or its target column, else its index."""

    @property
    @abstractmethod
    def encoded_names(self) -> tuple[str, ...] | None:
        """A name for each of the network's inputs, where they have names."""

    @property
    @abstractmethod
    def groups(self) -> Mapping[str, Sequence[int]]:
        """Which of the network's inputs each column of a row becomes."""

    @property
    @abstractmethod
    def units(self) -> Units | None:
        """How outputs become the user's numbers; None where they are the user's numbers already, or classes."""

    @abstractmethod
    def in_units(self, outputs: Array) -> Array:
        """Outputs (rows, outputs) in the user's units."""

    def held(self, outputs: Array) -> Mapping[str, Held]:
        """Of outputs as the network puts them out: the predictions that `in_units` holds to a range, by target."""
        return {}

    @abstractmethod
    def by_target(self, outputs: Iterable[Any], classes: Sequence[Any], labels: Sequence[Any]) -> list[Any] | None:
        """What is predicted for each row, by target column; None for a network without target columns."""

    @abstractmethod
    def read_query(self, given: Mapping[str, str], known: Sequence[str]) -> Encoded:
        """Read one row from query arguments; `known` are the request's other arguments.

        Raises DataError with paths such as ("x",) or ("salt",).
        """

    @abstractmethod
    def read_rows(self, value: Any, *, strict: bool = False) -> Encoded:
        """Read rows as lists, as objects or as CSV. Raises DataError with paths such as (3, "salt") or (3, 1).

        Columns that the network does not take are ignored and reported, or with `strict` rejected.
        """

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads of a table. Raises DataError where its inputs have no names."""

    def ignored(self, names: Collection[str]) -> Mapping[str, str]:
        """The columns of a table that are ignored, with the reason.

        Raises DataError for columns that are missing or may be misspelt, with paths such as ("salt",) or ().
        """
        known, lacking = self.known, [name for name in self.columns if name in self.known.needed and name not in names]
        extra = ExtraColumns(known)
        issues = [*extra.issues(names), *(ValidationIssue((name,), "is required") for name in lacking)]
        if issues:
            raise DataError(issues[:MAX_ISSUES])
        return extra.ignored

    @abstractmethod
    def with_threshold(self, threshold: ClassThreshold | None) -> Signature:
        """The signature of weights that predict a class by this threshold."""

    def with_inputs(self, names: Sequence[str]) -> Signature:
        """The signature that reads these columns as its inputs. Raises DataError."""
        raise DataError([ValidationIssue((), "must not be given: this network knows its columns")])

    @property
    def target_names(self) -> tuple[str, ...]:
        """The columns that it predicts, where it knows them by name."""
        return ()

    @property
    @abstractmethod
    def known(self) -> KnownColumns:
        """The columns that it may read, and its targets."""

    @abstractmethod
    def input_issues(self, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
        """What keeps it from reading the rows of a data set that has its columns."""

    @abstractmethod
    def read_frame(self, frame: Frame) -> Encoded:
        """Read those of its `columns` that a table has. Raises DataError with paths such as (3, "salt")."""

    @abstractmethod
    def read_tensors(self, tensors: Sequence[Tensor]) -> Encoded:
        """Read its `inputs`. Raises DataError with paths such as (0, "shape") or (0, "data", 3)."""

    @abstractmethod
    def tensor_cells(self, tensors: Sequence[Tensor]) -> Frame:
        """The cells of rows that `read_tensors` reads."""

    @abstractmethod
    def predicted_values(self, outputs: Array) -> tuple[Values, ...]:
        """From outputs (rows, outputs) in the user's units an array for each of `predicted`; texts are objects.

        Raises SpecError for a yes or no of a row that is not finite.
        """

    @abstractmethod
    def query_cells(self, given: Mapping[str, str]) -> Frame:
        """The cells of a row that `read_query` reads."""

    @abstractmethod
    def row_cells(self, value: Any) -> Frame:
        """The cells of rows that `read_rows` reads."""

    @abstractmethod
    def frame_cells(self, frame: Frame) -> Frame:
        """The cells of a table that `read_frame` reads."""

    @abstractmethod
    def read_actual(self, value: Any) -> list[Any]:
        """Read what a row turned out to be, as a value for each target. Raises DataError."""

    @abstractmethod
    def actual_targets(self, actuals: Sequence[Sequence[Any]]) -> Array:
        """What `read_actual` has read, of many rows, as targets (rows, outputs) in the user's units."""

    @abstractmethod
    def path_of(self, path: Path, rows: Any) -> Path:
        """Where `rows`, as they were written, have the number that the network's inputs have at `path`."""

    @abstractmethod
    def is_row(self, value: Any) -> bool:
        """Whether a value is one row rather than a list of rows."""

    @abstractmethod
    def read_labelled(self, value: Any) -> LabelledRows:
        """Read rows with their targets. Raises DataError or SpecError with paths as the value has them."""

    @abstractmethod
    def read_columns(self, inputs: Any, target: Any) -> NumberColumns | None:
        """Read which columns of a data set train the network; None where the network knows its columns itself.

        Raises ValidationError with paths below `inputs` and `target`.
        """

    @abstractmethod
    def encoder(self, columns: NumberColumns | None = None) -> Encoder:
        """How the columns of a data set become rows. Raises DataError where `columns` are needed and missing."""

    @abstractmethod
    def read_statistics(self, value: Any) -> Any:
        """Check statistics that come with weights. Raises ValidationError."""

    def to_json(self) -> dict[str, Any]:
        return {
            "inputs": [spec.to_json() for spec in self.inputs],
            "outputs": [spec.to_json() for spec in self.outputs],
        }

    def _probabilities(self) -> Iterator[TensorSpec]:
        if self.classifier is not None and self.classifier.gives_probabilities:
            labels = self.form.names
            taken = [spec.name for spec in self.predicted]
            yield TensorSpec(
                name="output_probability" if "probabilities" in taken else "probabilities",
                kind="number",
                dtype=self.network.dtype.name,
                shape=(ROWS, len(labels)),
                elements=labels,
            )
