"""Verbs: what is said of the subject, and which negations hold for it."""

from __future__ import annotations

from fakevlm_bench.answers.clause_frames import ClauseFrames
from fakevlm_bench.answers.clause_state import VERBS
from fakevlm_bench.answers.evidence import Subject
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

_SURE_OF = Role.BE | Role.ME | Role.ADVERB | Role.PERCENT


class ClauseVerbs(ClauseFrames):
    """Takes in verbs."""

    def _verb(self, place: int, unit: Unit, roles: int) -> None:
        """Take a verb: of saying, of suggesting, of showing, or of being and seeming."""
        if roles & (Role.IT | Role.THIS) and not roles & Role.BE:
            return
        if roles & VERBS:
            self._state(place, unit, roles)
        elif roles & Role.REPORT:
            self._report(place, roles)
        elif roles & Role.INDICATE:
            self._indicate()
        elif roles & Role.SHOW:
            following = self._roles_behind(place)
            self.in_prep = unit.word.endswith("ing")
            auxiliary = self.verb in (Role.BE, Role.SEEM) and unit.word in ("has", "have", "had")
            if not auxiliary and not following & Role.REPORT:
                self.verb, self.gap = Role.SHOW, 0
        else:
            self._state(place, unit, roles)

    def _report(self, place: int, roles: int) -> None:
        """Take "I think", "classified as"; "the experts say" shows, and reports nothing."""
        if roles & Role.SURENESS and not self._before(place, _SURE_OF, 2):
            return
        if roles & (Role.HEAD | Role.SIGN) and self._before(place, Role.THE | Role.A, 1):
            self.content = True
            return
        if self.subject is None and self.soft and self.before is Subject.IMAGE:
            self.subject = self.before
        if (
            self.subject in (Subject.REGION, Subject.GENERAL)
            and self.content
            and not self._before(place, Role.BE | Role.MAY | Role.DO, 3)
        ):
            self.verb, self.gap = Role.SHOW, 0
            return
        if self.neg:
            self.report_neg = True
        if self.subject is None or self.subject is Subject.IMAGE:
            self.subject = Subject.IMAGE
        self.verb, self.gap = Role.REPORT, 0
        self.blocked = self.content = self.in_prep = self.soft = False

    def _indicate(self) -> None:
        """Take "suggests", "points to"."""
        if self.absent or (self.soft and self.neg == self.old_neg and not self.report_neg):
            self._reset_negation()
            self.absent = False
        self.verb, self.gap, self.blocked = Role.INDICATE, 0, False
        self.in_prep = False
        self.sign = 0
        if self.neg:
            self.report_neg = True

    def _state(self, place: int, unit: Unit, roles: int) -> None:
        """Take a verb that says what something is or seems."""
        if self.subject is None:
            self.subject = self.before if not self.content and self.before is not None else None
            if self.soft and self.candidates:
                if self.consumed:
                    self.neg -= min(self.old_neg, self.neg)
                self.than = False
            elif self.subject is None:
                self.subject = Subject.REGION if self.content else Subject.IMAGE
        elif self.soft and self.verb and not roles & Role.NOT:
            if self.consumed or (roles & (Role.IT | Role.THIS) and not self.report_neg):
                self.neg -= min(self.old_neg, self.neg)
            self.than = False
        if self.subject is None:
            self.subject = Subject.IMAGE
        self.soft = False
        seeming = roles & Role.SEEM or (self.verb == Role.SEEM and unit.word in ("be", "been"))
        if self.verb == Role.REPORT and self.gap <= 1 and unit.word in ("be", "been"):
            return
        self.verb, self.gap, self.blocked, self.in_prep = (
            Role.SEEM if seeming else Role.BE,
            0,
            False,
            False,
        )
        self.sign = 0
