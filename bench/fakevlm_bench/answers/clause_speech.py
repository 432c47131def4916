# ruff: noqa: SIM905
"""Subjects and verbs: who is spoken of, and whether something is said of it."""

from __future__ import annotations

from fakevlm_bench.answers.clause_state import VERBS
from fakevlm_bench.answers.clause_verbs import ClauseVerbs
from fakevlm_bench.answers.evidence import Subject
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

_BLOCKING = frozenset(
    ("of from with between among inside by via through within including where").split()
)
_OTHER_IMAGES = frozenset(
    ("original reference source other another second underlying corresponding").split()
)
_NAMES = frozenset({"filename", "file name", "caption", "title", "headline", "description"})
_IGNORED = frozenset(
    ("shown given above below provided attached question whole presented itself show").split()
)
_MODAL = (
    Role.NOT | Role.WOULD | Role.MAY | Role.LIKELY | Role.HALF | Role.REVISE | Role.OTHERS
    | Role.CLAIM | Role.INDICATE
)  # fmt: skip
_VERBAL = VERBS | Role.REPORT | Role.SHOW | Role.INDICATE
_PRONOUNS = Role.IT | Role.THIS | Role.ALL | Role.ME | Role.THERE
_NOUNS = Role.IMAGE | Role.IMAGES | Role.PART
_PREDICATE = VERBS | Role.MAY | Role.DO | Role.NOT | Role.LIKELY | Role.ADVERB
_CLOSED = (
    Role.PREP | Role.LIKE | Role.THE | Role.A | Role.ADVERB | Role.LIKELY | Role.NOT | Role.SKIP
    | Role.QUOTE | Role.DASH | Role.MAY | Role.DO | Role.WOULD | Role.HALF | Role.REVISE | Role.YES
    | Role.NO | Role.NUMBER | Role.PERCENT | Role.SURE | Role.OPENING | Role.CLOSING | Role.TO
    | Role.AND | Role.OR | Role.COMMA | Role.BUT | Role.BECAUSE | Role.SLASH | Role.VERBAL
)  # fmt: skip


class ClauseSpeech(ClauseVerbs):
    """Takes in nouns, pronouns and verbs."""

    def _content(self, place: int, unit: Unit, roles: int) -> None:
        """Take a word that is no mark, no frame and no mention."""
        if roles & _MODAL:
            self._modality(place, unit, roles)
        self._idiom(place, unit)
        if unit.word == "you" and self._roles_behind(place) & Role.BE:
            self._subject(Subject.GENERAL)
            return
        if roles & _VERBAL:
            self._verb(place, unit, roles)
        elif roles & Role.SIGN:
            self.sign = place + 1
            self.content = True
            self.gap = 0
        elif roles & _PRONOUNS:
            self._pronoun(place, roles)
        elif roles & _NOUNS:
            self._noun(place, roles)
        elif roles & Role.WHICH:
            self._relative(place)
        elif roles & Role.PREP and not (roles & Role.LIKE and self.verb):
            self.in_prep = True
            if self.verb and unit.word in _BLOCKING:
                self.blocked = True
        elif roles & Role.DO or not roles & _CLOSED:
            self._other(unit, roles)
        self.gap += 1

    def _idiom(self, place: int, unit: Unit) -> None:
        """Take "half real", "too … to be", "according to the caption"."""
        if unit.word in ("half", "part") and self._half(place):
            self.half = True
        elif unit.word == "too" and self._too_to(place):
            self._negate(unit)
        elif unit.word == "according to" and self._elsewhere(place):
            self.others = True

    def _modality(self, place: int, unit: Unit, roles: int) -> None:
        """Take what negates, hedges, imagines, revises or ascribes."""
        if roles & Role.NOT:
            self.open = self.open or self._safely(place)  # "we cannot safely say"
            self._negate(unit)
        if roles & Role.WOULD and not self.guessing and not self._own_would(place):
            self.would = True
        if roles & Role.MAY and not self._safely(place):
            self.may = True
        if roles & Role.LIKELY:
            self.likely = True
        if roles & Role.HALF and not roles & Role.PART:
            self.half = True
        if roles & Role.REVISE:
            self.turned = self.revised = True
        claimed = roles & Role.OTHERS and self._claims(place)
        if claimed or (roles & Role.CLAIM and self._reported(place)):
            self.others = True
        if roles & Role.INDICATE and any(
            u.word in _NAMES for u in self.units[max(0, place - 2) : place]
        ):
            self.others = True

    def _negate(self, unit: Unit) -> None:
        if unit.word == "none" and self.verb:
            return
        if self.soft and self.consumed:
            self._reset_negation()
        self.absent = self.absent or unit.word in ("lack", "absence of")
        if unit.word == "nor" and self.neg % 2:
            return  # goes on what "neither" or "not" began
        self.neg += 1

    def _other(self, unit: Unit, roles: int) -> None:
        """Take any other word: perhaps the noun that is spoken of."""
        if roles & Role.DO:
            if self.soft and self.candidates and not roles & Role.NOT:
                self.than = False
            return
        word = unit.word
        if word in _IGNORED or (word.endswith("ed") and self.subject is Subject.IMAGE):
            return
        self.noun_image = False
        if self.in_prep or (self.verb and not self.soft and self.verb != Role.REPORT):
            return
        if (self.verb and self.soft) or self.verb == Role.REPORT or not self.verb:
            self.content = True
            if self.subject is not None and not self.relative:
                self.before = self.subject
            if not self.verb or self.soft or self.verb == Role.REPORT:
                self.subject = Subject.REGION

    def _noun(self, place: int, roles: int) -> None:
        """Take a noun for the image, for images, or for a part of it."""
        self.noun_image = bool(roles & Role.IMAGE)
        self.original = place > 0 and self.units[place - 1].word in _OTHER_IMAGES
        if self.verb in (Role.BE, Role.SEEM) and not self.soft and not self.relative:
            return
        definite = self._before(place, Role.THE | Role.THIS | Role.ADVERB, 3)
        if roles & Role.IMAGE and roles & Role.OTHERS and not definite:
            return
        subject = self._named(place, roles, definite=definite)
        if self._is_object(place):
            if subject is not Subject.GENERAL:
                self.subject = subject
        elif self.in_prep:
            follows = self._roles_behind(place) & _PREDICATE
            if subject is Subject.IMAGE and not self.content and follows:
                self._subject(subject)
            elif subject is not Subject.IMAGE and not self.content:
                self.before = subject
        elif (
            roles & Role.PART
            and self.subject is Subject.IMAGE
            and self.units[place - 1].roles & Role.IMAGE
            and not self.verb
        ):
            self.subject = Subject.REGION
        else:
            self._subject(subject)

    def _named(self, place: int, roles: int, *, definite: bool) -> Subject:
        """Return what a noun names: this image, images in general, or a part of this one."""
        if roles & Role.IMAGE:
            indefinite = self._before(place, Role.A, 3)
            general = indefinite and not definite and self.verb != Role.REPORT
            return Subject.GENERAL if general else Subject.IMAGE
        if roles & Role.IMAGES:
            return Subject.IMAGE if self._before(place, Role.THIS, 2) else Subject.GENERAL
        return Subject.REGION

    def _pronoun(self, place: int, roles: int) -> None:
        """Take a pronoun, or a determiner that stands as one."""
        if roles & Role.ME:
            self._speaker(place, roles)
        elif roles & Role.THIS and self._determines(place, roles):
            return
        elif roles & Role.THERE:
            if not roles & Role.ADVERB or self.units[place].word == "there":
                self._subject(Subject.IMAGE)
                self.content = True
                self.subject = Subject.REGION
        elif roles & Role.ALL:
            if not roles & Role.ADVERB and (not self.verb or self.soft):
                self._subject(Subject.IMAGE)
                self.likely = True
                if roles & Role.NOT and self.neg == 0:
                    self.neg = 1
        elif self.units[place].word != "itself":
            self._image_pronoun(place, roles)

    def _speaker(self, place: int, roles: int) -> None:
        """Take "I", "we", "my": the speaker's own statement begins."""
        if roles & Role.THE and self._noun_follows(place):
            return
        if (self.soft or self.candidates) and not self._before(place, Role.CONCEDE):
            self._mine()
        self.subject, self.content = Subject.IMAGE, False
        self.verb = 0

    def _determines(self, place: int, roles: int) -> bool:
        """Say whether *this* or *that* is no pronoun: "this image", "I think that it"."""
        following = self._roles_behind(place)
        if not roles & Role.BE and following & _NOUNS:
            return True
        if self.units[place].word == "that" and self._that(place, following):
            return True
        return not roles & Role.BE and following == 0

    def _image_pronoun(self, place: int, roles: int) -> None:
        """Take "it", "this", "it's"."""
        reported = place and self.units[place - 1].roles & Role.REPORT
        if (roles & Role.IT and self.verb == Role.REPORT and reported) or self._is_object(place):
            self.subject = Subject.IMAGE  # "call it fake"
            return
        self._subject(Subject.IMAGE)
        if roles & Role.BE:
            self._verb(place, self.units[place], roles)

    def _that(self, place: int, following: int) -> bool:
        """Read *that*: True where it only joins clauses."""
        if self.verb in (Role.REPORT, Role.INDICATE) or self.sign:
            if (
                following & (VERBS | Role.MAY | Role.DO)
                and self.noun_image is False
                and self.verb != Role.REPORT
                and not self.sign
            ):
                return False
            self.gap = -1
            return True
        if (
            place
            and following & (VERBS | Role.MAY | Role.DO | Role.NOT | Role.SHOW)
            and (self.verb or self.content or self.subject)
        ):
            self._relative(place)
            return True
        return bool(place) and not following & (VERBS | Role.MAY | Role.DO | Role.NOT | Role.SHOW)

    def _relative(self, place: int) -> None:
        """Read *which*: what follows is about the noun before it."""
        self.relative = True
        if self.consumed:
            self._reset_negation()
        image = self.noun_image and self.subject in (Subject.IMAGE, None)
        self.before = self.subject if image else Subject.REGION
        if self.subject is Subject.GENERAL:
            self.before = Subject.GENERAL
        self.subject = self.before
        self.content = not image
        self.soft = False
