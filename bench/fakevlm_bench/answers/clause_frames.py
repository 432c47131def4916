"""What makes a clause no plain statement: punctuation, conditions, concessions, lists."""

from __future__ import annotations

from fakevlm_bench.answers.clause_state import VERBS, ClauseState
from fakevlm_bench.answers.evidence import Force, Place, Subject
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

_IF_SPOKEN_TO = frozenset({"you", "we", "i", "one", "pressed", "asked", "anything"})
_SAID_BEFORE = frozenset({"i said", "said", "was about to say"})
_FIRST_THOUGHTS = ("answer", "told", "read", "guess", "impression", "instinct")
_CONCLUDING = frozenset(
    {"so", "therefore", "thus", "hence", "consequently", "as a result", "accordingly"}
)


class ClauseFrames(ClauseState):
    """Takes in marks and conjunctions."""

    def _mark(self, place: int, roles: int) -> None:
        if roles & Role.QUOTE:
            self.quote = not self.quote
            self.quoted = self.quote and self._is_citation(place)
            return
        if roles & Role.SLASH:
            return
        if roles & Role.COLON:
            self._colon(place)
            return
        if roles & Role.OPENING:
            self.likely = False
        self._soft()
        if roles & Role.COMMA and self._ends_insertion(place):
            self._reset_negation()
            self.soft = True
        if roles & Role.COMMA and self.glance and self.candidates:
            self.glance = False
        if self.condition and roles & Role.COMMA:
            self.condition = False
            self.imagined = self.if_other
        if roles & Role.COMMA and self.concede:
            self._reset_negation()
            self.soft = True
        if roles & (Role.COMMA | Role.DASH):
            self.others = self.others and not self.pretend
            self.concede = self.pretend = self.than = False
            self.would = self.may = self.half = False
        if roles & (Role.DASH | Role.CLOSING):
            self._reset_negation()

    def _ends_insertion(self, place: int) -> bool:
        """Say whether a denial between commas ends here: "the image, far from real, is …"."""
        if self.verb or not self.consumed:
            return False
        after = place + 1
        while after < len(self.units) and self.units[after].roles & Role.ADVERB:
            after += 1
        if after >= len(self.units) or not self.units[after].roles & (VERBS | Role.REPORT):
            return False
        for unit in reversed(self.units[:place]):
            if unit.roles & Role.COMMA:
                return False
            if unit.roles & Role.NOT:
                break
        return self._before(place, Role.COMMA, place)

    def _colon(self, place: int) -> None:
        """Behind a colon the clause begins anew; a key that announces nothing is its subject."""
        announced = self.head >= 0
        mentions = bool(self.candidates)
        if not announced and not mentions and self.content and self.verb == 0:
            self.before = Subject.IMAGE if self.subject is Subject.IMAGE else Subject.REGION
            self.key = self.before is Subject.REGION
        self.subject = Subject.IMAGE if announced else None
        self.verb, self.gap = (Role.BE, 0) if announced else (0, 0)
        self.content = self.in_prep = self.blocked = self.relative = False
        self.concede = self.glance = self.would = self.may = self.than = self.pretend = False
        self._reset_negation()
        self.open = self.condition = self.imagined = self.others = False
        self.listed = self.listed and not mentions

    def _frame(self, place: int, unit: Unit, roles: int) -> None:
        """Take in what makes a clause no plain statement."""
        if roles & Role.OPEN:
            self.open = True
        elif roles & Role.IF:
            self.condition = True
            following = self.units[place + 1].word if place + 1 < len(self.units) else ""
            self.if_other = following not in _IF_SPOKEN_TO
        elif roles & Role.LIST:
            if not roles & Role.ADVERB or self._either(place):
                self.listed = True
        elif roles & Role.CONCEDE:
            self._concession(unit)
        elif roles & Role.GLANCE:
            self.glance = True
            self._concede_last(place)
        elif self.neg and unit.word.startswith("pass"):
            self.verb, self.gap, self.blocked = Role.SEEM, 0, False
            self.subject = self.subject or Subject.IMAGE
        elif not roles & Role.ADVERB:
            self.pretend = True
            self.in_prep = True

    def _concession(self, unit: Unit) -> None:
        """Take in "although", "my first guess was", "I said"."""
        self.concede = True
        self._soft()
        if unit.word in _SAID_BEFORE:
            self.subject, self.verb, self.gap, self.blocked = Subject.IMAGE, Role.REPORT, 0, False
        elif any(noun in unit.word for noun in _FIRST_THOUGHTS):
            self.subject = Subject.IMAGE

    def _concede_last(self, place: int) -> None:
        """Concede what stands just before: "looks real at first"."""
        last = self.candidates[-1] if self.candidates else None
        if last is None or place - last.unit > 4 or last.place <= Place.CONCEDED:
            return
        if not any(u.roles & (Role.COMMA | Role.DASH) for u in self.units[last.unit : place]):
            last.force, last.place = Force.HEDGED, Place.CONCEDED

    def _and(self, place: int) -> None:
        following = self._roles_behind(place)
        self._soft()
        if following & (VERBS | Role.NOT | Role.IT | Role.THIS | Role.ME):
            self.pretend = self.than = self.concede = False
            if following & Role.NOT and self.candidates:
                self._reset_negation()

    def _because(self, place: int, unit: Unit) -> None:
        if unit.word in _CONCLUDING:
            self._but()
            self.turned = False
            return
        self._soft()
        self.blocked = True
        self.content = False
        if self.subject is not None:
            self.before = self.subject
        self.subject, self.verb = None, 0
