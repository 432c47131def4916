"""One sentence, read from left to right: who is spoken of, how, and what is said of it.

The reader keeps the state of the clause (subject, verb, negations, conditions). A break (comma,
conjunction, a new subject with its verb) gives back what belonged to the clause before. A word
for real or fake is a mention with the state in which it was met.
"""

from __future__ import annotations

from fakevlm_bench.answers.clause_placing import ClausePlacing
from fakevlm_bench.answers.clause_state import LABEL
from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.numbers import after as number_after
from fakevlm_bench.answers.numbers import before as number_before
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.phrase import Phrase, phrase_at
from fakevlm_bench.answers.vocabulary import Role
from fakevlm_bench.types import Label

_INVERTED = frozenset({"had", "were", "should"})
_MARKS = Role.COMMA | Role.COLON | Role.DASH | Role.OPENING | Role.CLOSING | Role.QUOTE | Role.SLASH
_YES_NO = Role.YES | Role.NO
_BEHIND_NO = (
    Role.COMMA | Role.DASH | Role.IT | Role.THIS | Role.ME | Role.THE | Role.COLON | Role.YES
    | Role.NO | Role.NOT | Role.IMAGE
)  # fmt: skip
_FRAMES = Role.OPEN | Role.IF | Role.LIST | Role.CONCEDE | Role.GLANCE | Role.PRETEND


class ClauseReader(ClausePlacing):
    """Reads one sentence; `read` returns its mentions in order."""

    def read(self) -> list[Candidate]:
        """Return the mentions of the sentence."""
        place = self._particle()
        while place < len(self.units):
            place = self._step(place)
        return self.candidates

    def _particle(self) -> int:
        """Skip a leading "Yes," or "No, it is …", which negates nothing."""
        place = 0
        units = self.units
        while place < len(units) and units[place].roles & (Role.QUOTE | Role.DASH | Role.OPENING):
            place += 1
        if place >= len(units) or not units[place].roles & (Role.YES | Role.NO):
            return 0
        following = units[place + 1].roles if place + 1 < len(units) else 0
        if (
            units[place].roles & Role.YES
            or following & _BEHIND_NO
            or units[place].word in ("nope", "nah")
        ):
            return place + 1
        return 0

    def _replies(self, place: int) -> bool:
        """Say whether a no behind a colon or a quotation only replies: "Assistant: No, it is"."""
        marks = Role.COLON | Role.QUOTE | Role.DASH
        following = self._roles_behind(place)
        revised = self._before(place, Role.COMMA) and self._before(place - 1, Role.REVISE)
        return (revised or self._before(place, marks)) and bool(
            following & (Role.COMMA | Role.IT | Role.THIS | Role.DASH)
        )

    def _step(self, place: int) -> int:
        unit = self.units[place]
        roles = unit.roles
        if self._skips(place, unit, roles):
            return place + 1
        head = roles & Role.HEAD and self._is_head(place)
        if roles & LABEL and (
            not head or (roles & Role.TRUTH and number_after(self.units, place + 1))
        ):
            self._mention(place, unit)
            self.gap += 1
        elif roles & _MARKS:
            self._mark(place, roles)
        elif head:
            self.head = place
            self.subject, self.verb, self.gap, self.blocked = Subject.IMAGE, Role.BE, 0, False
            self.content = False
        else:
            self._word(place, unit, roles)
        return place + 1

    def _skips(self, place: int, unit: Unit, roles: int) -> bool:
        """Take in citations, ticks, commands and replies; True where nothing else is to be read."""
        if self.quote and self.quoted and not roles & Role.QUOTE:
            if roles & LABEL:
                self._mention(place, unit)
            return True
        if len(unit.word) == 3 and unit.word[0] == "[":
            self.checked = unit.word == "[x]"
            return True
        if self._imperative(place) or (unit.word == "so-called" and self._labelled(place)):
            self.open = True
        if roles & _YES_NO and self._replies(place):
            return True
        if unit.word in _INVERTED and self._inverted(place):
            self.condition = self.if_other = True
            return True
        return False

    def _word(self, place: int, unit: Unit, roles: int) -> None:
        if roles & Role.SKIP and not roles & ~(Role.SKIP | Role.ADVERB):
            self.guessing = self.guessing or unit.word.startswith("if ")
            return
        if roles & _FRAMES:
            self._frame(place, unit, roles)
        elif roles & Role.SURE:
            if roles & Role.BUT:
                self._but()
        elif roles & Role.REJECT:
            self.reject += 1
            self.would = self.others = False
        elif roles & Role.THAN:
            self.than = True
            self.than_at = place
        elif roles & Role.BUT and not (
            roles & Role.ADVERB and self.verb and not self._before(place, Role.COMMA | Role.DASH)
        ):
            self._but()
        elif roles & (Role.AND | Role.OR) and not roles & Role.NOT:
            self._and(place)
        elif roles & Role.BECAUSE and not (roles & Role.ADVERB and self.verb):
            self._because(place, unit)
        else:
            self._content(place, unit, roles)

    def _mention(self, place: int, unit: Unit) -> None:
        """Record a word for real or fake with the state in which it is met."""
        phrase = phrase_at(self.units, place)
        base = Label.FAKE if unit.roles & (Role.FAKE | Role.FORGING) else Label.REAL
        share = number_before(self.units, place, self.number_used)
        share = share or number_after(self.units, phrase.end)
        if share is not None:
            self.number_used = share.place
        kind, subject = self._where(place, unit, phrase, share is not None)
        negated = (self.neg + self.than + self.reject) % 2 == 1
        candidate = Candidate(
            unit.start, unit.end, base, place, negated, subject, Force.STATED, kind,
            self.turned, self.half, self.revised,
        )  # fmt: skip
        self._coordinate(candidate, place)
        self._force(candidate, place)
        if phrase.denied:
            candidate.negated = not candidate.negated
        if share is not None:
            self._weigh(candidate, share)
        if self._conditional(phrase.end):
            candidate.drop(Force.HYPOTHETICAL)
        self._adjust(candidate, phrase)
        if candidate.subject is Subject.GENERAL and phrase.sentence_subject:
            self.subject = self.before = Subject.GENERAL
        self.consumed = True
        self.candidates.append(candidate)
        self.checked, self.half = None, False
        if kind > Place.NOWHERE:
            self.turned = False

    def _adjust(self, candidate: Candidate, phrase: Phrase) -> None:
        """Apply a tick in front, "the original is real", "the chance of … is low"."""
        if self.checked is not None and candidate.place is not Place.NOWHERE:
            candidate.place = Place.ANNOUNCED
            if not self.checked:
                candidate.drop(Force.LISTED)
        stated = candidate.place is Place.STATED and not candidate.negated
        if self.original and candidate.base is Label.REAL and stated:
            candidate.place, candidate.subject = Place.NOWHERE, Subject.GENERAL
        if self._low_chance(candidate.unit, phrase.end):
            candidate.negated = not candidate.negated
            if candidate.place is Place.NOWHERE and candidate.force is not Force.LISTED:
                candidate.place, candidate.subject = Place.SEEMING, Subject.IMAGE
