"""A finding: a sentence with a figure and a verb, and the decision it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from crm_strategy.views import markup
from crm_strategy.views.cells import cell_of
from crm_strategy.views.payload import FINDING_MIME, DecisionPayload, FindingPayload

SEVERITIES: Final = ("act", "watch", "good", "note")
"""Most pressing first: asks for a decision, to be watched, good news, context."""

EVIDENCE: Final = ("measured", "partial", "assumed")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is asked: verb first; why with its range; of whom; how well it is known."""

    title: str
    why: str
    owner: str = ""
    evidence: str = "measured"

    def __post_init__(self) -> None:
        if self.evidence not in EVIDENCE:
            raise ValueError(f"evidence {self.evidence!r}; known are {', '.join(EVIDENCE)}")

    def payload(self) -> DecisionPayload:
        """The decision as JSON."""
        return {
            "title": self.title,
            "why": self.why,
            "owner": self.owner,
            "evidence": self.evidence,
        }


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a verdict rests on, in words that its title or text has.

    Attributes
    ----------
    n
        Of how many it is told.
    interval
        How far chance could move its figure, or why there is no interval.
    assumption
        What is taken for true.
    change
        What would change it.
    """

    n: str
    interval: str
    assumption: str
    change: str


@dataclass(frozen=True)
class Finding:
    """What a chapter found, in printed words.

    Attributes
    ----------
    id
        Its id, the same in both languages.
    title
        The sentence that heads the finding.
    text
        One or two sentences more.
    severity
        One of `SEVERITIES`.
    figures
        The raw figures behind the sentence, for the summary and for tests.
    decision
        What should be decided, if anything.
    basis
        What its verdict rests on; None where there is no verdict.
    """

    id: str
    title: str = field(kw_only=True)
    text: str = field(default="", kw_only=True)
    severity: str = field(default="note", kw_only=True)
    figures: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    decision: Decision | None = field(default=None, kw_only=True)
    basis: Basis | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity {self.severity!r}; known are {', '.join(SEVERITIES)}")
        if self.basis is None:
            return
        for part in fields(self.basis):
            words = getattr(self.basis, part.name)
            if not words or words not in f"{self.title} {self.text}":
                raise ValueError(f"finding {self.id!r}: its {part.name} {words!r} is not said")

    def payload(self) -> FindingPayload:
        """The finding as JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "severity": self.severity,
            "figures": {name: cell_of(value, "text") for name, value in self.figures.items()},
            "decision": self.decision.payload() if self.decision else None,
        }

    def _repr_mimebundle_(self, **_selection: object) -> dict[str, Any]:
        payload = self.payload()
        text = f"{payload['title']}\n{payload['text']}".strip()
        return {
            FINDING_MIME: payload,
            "text/html": markup.finding_html(payload),
            "text/plain": text,
        }
