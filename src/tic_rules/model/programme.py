"""Figures of a programme."""

from typing import Annotated, Self

from pydantic import PrivateAttr

from tic_rules.core.source import Source
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import Count, Day, MoneyStock, Rate, String, WordOf, Words


class Growth(Record):
    base: Rate = None
    now: Rate = None


class Approval(Record):
    """A centre of the programme, as its own file gives it."""

    id: String = None
    approved_on: Day = None
    fields: Words = None


class Programme(Subject):
    """Figures of a programme: what a programme file says."""

    jurisdiction: Annotated[String, WordOf("jurisdictions")] = None
    centres: Count = None
    leading_enterprises: Count = None
    top_100_enterprises: Count = None
    pilot_enterprises: Count = None
    high_tech_revenue: MoneyStock = None
    rd_intensity: Rate = None
    invention_patents: Growth | None = None
    pct_applications: Growth | None = None
    alliances: Count = None
    technology_contracts: MoneyStock = None
    innovation_clusters: Count = None

    _approvals: tuple[Approval, ...] = PrivateAttr(default=())
    _repeated: tuple[str, ...] = PrivateAttr(default=())
    _texts: tuple[Source | None, ...] = PrivateAttr(default=())

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """The centres whose files were given beside the figures."""
        return self._approvals

    @property
    def repeated(self) -> tuple[str, ...]:
        """The ids of the centres of which several files were given."""
        return self._repeated

    def text_of(self, approval: int) -> Source | None:
        """The text that a centre was read from."""
        return self._texts[approval] if self._texts else None

    def with_centres(
        self,
        approvals: tuple[Approval, ...],
        repeated: tuple[str, ...] = (),
        texts: tuple[Source | None, ...] = (),
    ) -> Self:
        """A copy that knows the centres of these approvals, of which of them there are several files, and the
        text that each was read from."""
        copy = self.model_copy()
        copy._approvals, copy._repeated, copy._texts = approvals, repeated, texts
        return copy
