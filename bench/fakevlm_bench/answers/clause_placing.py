"""How much like a verdict a mention is, what it is about, and how it is meant."""

from __future__ import annotations

from fakevlm_bench.answers.clause_speech import ClauseSpeech
from fakevlm_bench.answers.clause_state import NOUNS, VERBS
from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.numbers import Share
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.phrase import Phrase, preposition_before
from fakevlm_bench.answers.vocabulary import Role
from fakevlm_bench.types import Label

_LOW = frozenset(
    ["low", "slim", "small", "minimal", "negligible", "remote", "tiny", "zero", "slight"]
)
_CONTENT = frozenset(
    [
        "elements",
        "element",
        "regions",
        "region",
        "areas",
        "area",
        "parts",
        "part",
        "content",
        "details",
        "objects",
        "components",
    ]
)
_STATING = frozenset({Role.BE, Role.SEEM, Role.REPORT})
_BEHIND_HEAD = 14
"""Units between what announces a verdict and the verdict at most."""
_FAR = 9
"""Words between a verb and its complement at most."""


class ClausePlacing(ClauseSpeech):
    """Judges a word for real or fake by the state in which it was met."""

    def _where(
        self, place: int, unit: Unit, phrase: Phrase, numbered: bool
    ) -> tuple[Place, Subject]:
        """Return how much like a verdict a mention is, and what it is about."""
        if self.quote and self.quoted:
            return Place.NOWHERE, Subject.QUESTION
        subject = self.subject
        if subject is None and self.verb and self.before is not None:
            subject = self.before
        if unit.roles & NOUNS:
            return self._noun_place(place, unit, phrase, numbered)
        only_noun = unit.roles & Role.REAL_NOUN and not unit.roles & Role.REAL
        if phrase.kind == "thing" or (only_noun and not self._real_noun(phrase, subject)):
            return Place.NOWHERE, Subject.REGION
        preposition = preposition_before(self.units, place)
        hanging = preposition is not None and not self._taken_as(preposition)
        complement = bool(self.verb) and not self.blocked and self.gap <= _FAR
        if self.head >= 0 and (
            phrase.sentence_subject or (phrase.kind == "images" and phrase.end < len(self.units))
        ):
            return Place.NOWHERE, Subject.GENERAL
        if phrase.sentence_subject and self._begins_clause(place, phrase):
            return Place.NOWHERE, Subject.GENERAL
        stating = complement and self.verb in _STATING
        announced = self.head >= 0 and place - self.head <= _BEHIND_HEAD
        whole = subject is Subject.IMAGE and phrase.kind != "part"
        if announced and stating and whole and not hanging:
            return Place.ANNOUNCED, Subject.IMAGE
        if hanging or phrase.kind == "images":
            if self.verb == Role.INDICATE or self.sign:
                return Place.SIGN, Subject.IMAGE
            if hanging or self.verb not in _STATING:
                return Place.NOWHERE, Subject.GENERAL
        if stating:
            return self._complement(phrase, subject)
        return self._alone(place, unit, phrase, subject)

    def _complement(self, phrase: Phrase, subject: Subject | None) -> tuple[Place, Subject]:
        """Place what a verb says of its subject: "is fake", "looks real"."""
        if subject is Subject.IMAGE and phrase.kind == "part":
            return Place.SIGN, Subject.IMAGE
        if subject is Subject.IMAGE:
            return (Place.SEEMING if self.verb == Role.SEEM else Place.STATED), subject
        return (Place.SIGN if subject is Subject.REGION else Place.NOWHERE), (
            subject or Subject.REGION
        )

    def _alone(
        self, place: int, unit: Unit, phrase: Phrase, subject: Subject | None
    ) -> tuple[Place, Subject]:
        """Place a word that no verb says of anything: a sign, a part, a bare word."""
        if self.verb == Role.INDICATE or self.sign:
            return Place.SIGN, Subject.IMAGE
        following = self.units[place + 1].word if place + 1 < len(self.units) else ""
        contains = self.verb == Role.SHOW and not self.blocked and subject is Subject.IMAGE
        if contains and unit.roles & Role.FAKE and following in _CONTENT:
            return Place.SIGN, Subject.REGION
        if (self.verb and not self.soft) or phrase.kind == "part":
            return Place.NOWHERE, subject or Subject.REGION
        if phrase.sentence_subject:
            return Place.NOWHERE, Subject.GENERAL
        if self.key or (self.content and not self._is_article(place)):
            return Place.SIGN, Subject.REGION
        return Place.BARE, Subject.IMAGE

    def _begins_clause(self, place: int, phrase: Phrase) -> bool:
        """Say whether a label's noun is the subject of a new clause: "and real pictures look"."""
        if not self.soft or phrase.kind not in ("image", "images"):
            return False
        start = place
        while start and self.units[start - 1].roles & (Role.A | Role.ADVERB):
            start -= 1
        joined = bool(start) and bool(self.units[start - 1].roles & (Role.AND | Role.COMMA))
        return joined and (phrase.kind == "images" or bool(self.units[start].roles & Role.A))

    def _real_noun(self, phrase: Phrase, subject: Subject | None) -> bool:
        """Say whether "natural", "original" or "true" says that the image is real."""
        if phrase.kind in ("image", "images"):
            return True
        return (
            phrase.kind == "end" and subject is Subject.IMAGE and self.verb in (Role.BE, Role.SEEM)
        ) or (phrase.kind == "end" and len(self.units) <= 2)

    def _is_article(self, place: int) -> bool:
        """Say whether only an article and adjectives stand before: "A convincing fake"."""
        return (
            place <= 4
            and bool(self.units[0].roles & Role.A)
            and not any(
                u.roles & (Role.IMAGE | Role.PART | Role.PREP | Role.COMMA)
                for u in self.units[:place]
            )
        )

    def _noun_place(
        self, place: int, unit: Unit, phrase: Phrase, numbered: bool
    ) -> tuple[Place, Subject]:
        """Read "signs of manipulation", "no evidence of tampering", "authenticity is doubtful"."""
        signed = self.sign or self.verb in (Role.INDICATE,) or phrase.detected or numbered
        signed = signed or (
            self.verb == Role.BE and not self.blocked and not self.content and self.gap <= 2
        )
        signed = signed or (self.verb == Role.SHOW and self.neg > 0)
        signed = signed or (self.neg > 0 and place <= 2)
        lacking = self.neg > 0 and self.subject is Subject.IMAGE and not self.verb
        if lacking and unit.roles & Role.TRUTH:
            return Place.SIGN, Subject.IMAGE
        if not signed or (unit.roles & Role.HEAD and not numbered and self.verb != Role.INDICATE):
            return Place.NOWHERE, Subject.REGION
        return Place.SIGN, Subject.IMAGE

    def _taken_as(self, preposition: Unit) -> bool:
        word = preposition.word
        if word in ("like",) and self.verb == Role.SEEM:
            return True
        if (
            preposition.roles & Role.LIKE
            and word != "like"
            and self.verb in (Role.REPORT, Role.BE, Role.SEEM)
        ):
            return True
        return self.verb == Role.REPORT and word in ("for", "with", "toward", "towards", "on")

    def _force(self, candidate: Candidate, place: int) -> None:
        """Say how a mention is meant, and lower its place accordingly."""
        if self.quote and self.quoted:
            candidate.drop(Force.QUOTED)
        elif self.listed:
            candidate.drop(Force.LISTED)
        elif (
            self.open
            or self.condition
            or self.imagined
            or self.others
            or (self.pretend)
            or (self.would and not (self.head >= 0 and candidate.place is Place.ANNOUNCED))
        ):
            candidate.drop(Force.HYPOTHETICAL)
        elif self.half and candidate.base is Label.REAL:
            candidate.drop(Force.LISTED)
            candidate.half = True
        elif candidate.place is Place.NOWHERE:
            candidate.force = Force.HEDGED if self.likely or self.may else Force.STATED
        elif self.concede or self.glance:
            candidate.force = Force.HEDGED
            candidate.place = Place.NOWHERE if candidate.place is Place.SIGN else Place.CONCEDED
        elif self.may and not candidate.negated:
            candidate.force = Force.HEDGED
            candidate.place = min(candidate.place, Place.POSSIBLE)
        elif (self.likely or self.verb == Role.SEEM) and candidate.place is not Place.ANNOUNCED:
            candidate.force = Force.HEDGED
            candidate.place = min(candidate.place, Place.SEEMING)
        elif candidate.place is Place.SIGN or self.verb == Role.SEEM:
            candidate.force = Force.HEDGED

    def _coordinate(self, candidate: Candidate, place: int) -> None:
        """Let "edited, altered or generated" share one negation, and "not real and fake" not."""
        if not self.candidates:
            return
        last = self.candidates[-1]
        between = self.units[last.unit + 1 : place]
        links = (
            Role.COMMA
            | Role.AND
            | Role.OR
            | Role.SLASH
            | Role.A
            | Role.ADVERB
            | Role.IMAGE
            | Role.IMAGES
            | Role.SKIP
            | Role.QUOTE
            | Role.LIKELY
        )
        if any(
            not (u.roles & links or u.word in ("been", "being"))
            or (u.roles & Role.NOT and u.word != "nor")
            for u in between
        ):
            return
        if any(u.roles & (Role.REVISE | Role.BUT) and not u.roles & Role.ADVERB for u in between):
            return
        if last.base is candidate.base:
            candidate.negated = last.negated
            if candidate.place is Place.BARE and last.place > Place.BARE:
                candidate.place, candidate.subject = last.place, last.subject
        elif last.negated and candidate.negated and not any(u.roles & Role.OR for u in between):
            candidate.negated = False

    def _low_chance(self, place: int, end: int) -> bool:
        """Read "the likelihood that this is real is very low"."""
        if not any(
            u.roles & Role.CHANCE and u.roles != Role.LIKELY | Role.CHANCE
            for u in self.units[max(0, place - 20) : place]
        ):
            return False
        window = self.units[end : end + 5]
        return any(u.roles & VERBS for u in window[:2]) and any(u.word in _LOW for u in window)

    def _conditional(self, end: int) -> bool:
        """Read "real, if the light came from two lamps"."""
        window = self.units[end : end + 2]
        if window and window[0].roles & Role.COMMA:
            window = window[1:]
        return (
            bool(window) and bool(window[0].roles & Role.IF) and window[0].word in ("if", "unless")
        )

    def _weigh(self, candidate: Candidate, share: Share) -> None:
        value, sure = share.value, share.sure
        if sure:
            if value < 0.5:
                candidate.drop(Force.HYPOTHETICAL)
            return
        if value == 0.5:
            candidate.drop(Force.LISTED)
        elif candidate.place is Place.NOWHERE and candidate.force in (Force.STATED, Force.HEDGED):
            candidate.place, candidate.subject = Place.SEEMING, Subject.IMAGE
        if value < 0.5:
            candidate.negated = not candidate.negated
        if candidate.place in (Place.POSSIBLE, Place.BARE, Place.SIGN):
            candidate.place, candidate.subject = Place.SEEMING, Subject.IMAGE
