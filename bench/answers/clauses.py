"""One sentence, read from left to right: who is spoken of, how, and what is said of it.

The reader keeps the state of the clause (subject, verb, negations, conditions). A break (comma,
conjunction, a new subject with its verb) gives back what belonged to the clause before. A word
for real or fake is a mention with the state in which it was met.
"""

from __future__ import annotations

from bench.answers.evidence import Force, Found, Place, Subject
from bench.answers.lexer import Sentence, Unit
from bench.answers.numbers import after as number_after
from bench.answers.numbers import before as number_before
from bench.answers.phrase import Phrase, phrase_at, preposition_before
from bench.answers.vocabulary import Role
from bench.types import Label

_LABEL = Role.FAKE | Role.REAL | Role.REAL_NOUN | Role.FORGING | Role.TRUTH
_NOUNS = Role.FORGING | Role.TRUTH
_VERB = Role.BE | Role.SEEM
_CLOSED = (
    Role.PREP | Role.LIKE | Role.THE | Role.A | Role.ADVERB | Role.LIKELY | Role.NOT | Role.SKIP
    | Role.QUOTE | Role.DASH | Role.MAY | Role.DO | Role.WOULD | Role.HALF | Role.REVISE | Role.YES
    | Role.NO | Role.NUMBER | Role.PERCENT | Role.SURE | Role.OPENING | Role.CLOSING | Role.TO
    | Role.AND | Role.OR | Role.COMMA | Role.BUT | Role.BECAUSE | Role.SLASH | Role.VERBAL
)  # fmt: skip
_FAR = 9
"""Words between a verb and its complement at most."""


class ClauseReader:
    """Reads one sentence; `read` returns its mentions in order."""

    def __init__(self, sentence: Sentence, context: Subject | None = None) -> None:
        self.units = sentence.units
        self.found: list[Found] = []
        self.subject: Subject | None = None
        self.before: Subject | None = context
        self.verb, self.gap, self.blocked = 0, 0, False
        self.neg, self.old_neg, self.consumed, self.report_neg = 0, 0, False, False
        self.reject = 0
        self.soft = self.content = self.in_prep = self.relative = False
        self.open = self.condition = self.imagined = self.others = self.said = False
        self.would = self.may = self.likely = self.pretend = self.listed = False
        self.concede = self.glance = self.than = self.half = self.turned = False
        self.head = -1
        self.quote = self.quoted = False
        self.if_other = False
        self.noun_image = False
        self.sign = 0
        self.key = False
        self.number_used = -1
        self.asked = self.original = False
        self.checked: bool | None = None

    def read(self) -> list[Found]:
        """Return the mentions of the sentence."""
        place = self._particle()
        while place < len(self.units):
            place = self._step(place)
        return self.found

    def _particle(self) -> int:
        """Skip a leading "Yes," or "No, it is …", which negates nothing."""
        place = 0
        units = self.units
        while place < len(units) and units[place].roles & (Role.QUOTE | Role.DASH | Role.OPENING):
            place += 1
        if place >= len(units) or not units[place].roles & (Role.YES | Role.NO):
            return 0
        following = units[place + 1].roles if place + 1 < len(units) else 0
        free = (
            Role.COMMA
            | Role.DASH
            | Role.IT
            | Role.THIS
            | Role.ME
            | Role.THE
            | Role.COLON
            | Role.YES
            | Role.NO
        )
        free |= Role.NOT | Role.IMAGE
        if (
            units[place].roles & Role.YES
            or following & free
            or units[place].word in ("nope", "nah")
        ):
            return place + 1
        return 0

    def _step(self, place: int) -> int:
        unit = self.units[place]
        roles = unit.roles
        if self.quote and self.quoted and not roles & Role.QUOTE:
            if roles & _LABEL:
                self._mention(place, unit)
            return place + 1
        if len(unit.word) == 3 and unit.word[0] == "[":
            self.checked = unit.word == "[x]"
            return place + 1
        if unit.word in _INVERTED and self._inverted(place):
            self.condition = self.if_other = True
            return place + 1
        head = roles & Role.HEAD and self._is_head(place)
        if roles & _LABEL and (
            not head or (roles & Role.TRUTH and number_after(self.units, place + 1))
        ):
            self._mention(place, unit)
            self.gap += 1
            return place + 1
        if roles & (
            Role.COMMA
            | Role.COLON
            | Role.DASH
            | Role.OPENING
            | Role.CLOSING
            | Role.QUOTE
            | Role.SLASH
        ):
            self._mark(place, roles)
        elif roles & Role.HEAD and self._is_head(place):
            self.head = place
            self.subject, self.verb, self.gap, self.blocked = Subject.IMAGE, Role.BE, 0, False
            self.content = False
            if not (
                place + 1 < len(self.units) and self.units[place + 1].roles & Role.COLON
            ) and not self._before(place, Role.ME | Role.THE):
                self.subject = Subject.IMAGE
        else:
            self._word(place, unit, roles)
        return place + 1

    def _inverted(self, place: int) -> bool:
        """Read "Had it been real", "Were this a photo", which are conditions."""
        following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
        marks = Role.COMMA | Role.DASH | Role.COLON | Role.QUOTE | Role.OPENING | Role.CLOSING
        first = place == 0 or bool(self.units[place - 1].roles & marks)
        return first and bool(following & (Role.IT | Role.THIS | Role.THE | Role.A))

    # -- punctuation ---------------------------------------------------------------

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
            self.likely = self.likely and False
        self._soft()
        if roles & Role.COMMA and self.glance and self.found:
            self.glance = False
        if self.condition and roles & Role.COMMA:
            self.condition = False
            self.imagined = self.if_other
        if roles & Role.COMMA and self.concede:
            self._reset_negation()
            self.soft = True
        if roles & (Role.COMMA | Role.DASH):
            self.concede = self.pretend = self.than = False
            self.would = self.may = self.half = False
        if roles & (Role.DASH | Role.CLOSING):
            self._reset_negation()

    def _colon(self, place: int) -> None:
        """Behind a colon the clause begins anew; a key that announces nothing is its subject."""
        announced = self.head >= 0
        mentions = bool(self.found)
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

    def _soft(self) -> None:
        self.soft = True
        self.old_neg = self.neg
        self.in_prep = False

    def _reset_negation(self) -> None:
        self.neg = self.old_neg = 0
        self.report_neg = self.consumed = self.soft = False

    # -- words ---------------------------------------------------------------------

    def _word(self, place: int, unit: Unit, roles: int) -> None:
        if roles & Role.SKIP and not roles & ~(Role.SKIP | Role.ADVERB):
            self.asked = self.asked or unit.word.startswith("if ")
            return
        if roles & (Role.OPEN | Role.IF | Role.LIST | Role.CONCEDE | Role.GLANCE | Role.PRETEND):
            self._frame(place, unit, roles)
        elif roles & Role.SURE:
            if roles & Role.BUT:
                self._but()
        elif roles & Role.REJECT:
            self.reject += 1
            self.would = False
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

    def _frame(self, place: int, unit: Unit, roles: int) -> None:
        """Take in what makes a clause no plain statement."""
        if roles & Role.OPEN:
            self.open = True
        elif roles & Role.IF:
            self.condition = True
            following = self.units[place + 1].word if place + 1 < len(self.units) else ""
            self.if_other = following not in (
                "you",
                "we",
                "i",
                "one",
                "pressed",
                "asked",
                "anything",
            )
        elif roles & Role.LIST:
            if roles & Role.ADVERB and not self._either(place):
                return
            self.listed = True
        elif roles & Role.CONCEDE:
            self.concede = True
            self._soft()
            if unit.word in ("i said", "said", "was about to say"):
                self.verb, self.subject, self.gap, self.blocked = (
                    Role.REPORT,
                    Subject.IMAGE,
                    0,
                    False,
                )
            elif (
                "answer" in unit.word
                or "guess" in unit.word
                or "impression" in unit.word
                or "instinct" in unit.word
            ):
                self.subject = Subject.IMAGE
        elif roles & Role.GLANCE:
            self.glance = True
            self._concede_last(place)
        elif self.neg and unit.word.startswith("pass"):
            self.verb, self.gap, self.blocked = Role.SEEM, 0, False
            self.subject = self.subject or Subject.IMAGE
        elif not (roles & Role.ADVERB):
            self.pretend = True
            self.in_prep = True

    def _concede_last(self, place: int) -> None:
        """Concede what stands just before: "looks real at first"."""
        last = self.found[-1] if self.found else None
        if last is None or place - last.unit > 4 or last.place <= Place.CONCEDED:
            return
        if not any(u.roles & (Role.COMMA | Role.DASH) for u in self.units[last.unit : place]):
            last.force, last.place = Force.HEDGED, Place.CONCEDED

    def _either(self, place: int) -> bool:
        return any(u.roles & Role.OR for u in self.units[place + 1 : place + 9])

    def _but(self) -> None:
        """Turn: what was conceded, imagined or negated before no longer holds."""
        self.turned = True
        self._reset_negation()
        self.reject = 0
        self.open = self.condition = self.imagined = self.others = self.said = False
        self.would = self.may = self.likely = self.pretend = self.listed = False
        self.concede = self.glance = self.than = self.half = False
        self._new_clause()

    def _and(self, place: int) -> None:
        following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
        self._soft()
        if following & (_VERB | Role.NOT | Role.IT | Role.THIS | Role.ME):
            self.pretend = self.than = self.concede = False
            if following & Role.NOT and self.found:
                self._reset_negation()

    def _because(self, place: int, unit: Unit) -> None:
        if unit.word in (
            "so",
            "therefore",
            "thus",
            "hence",
            "consequently",
            "as a result",
            "accordingly",
        ):
            self._but()
            self.turned = False
            return
        self._soft()
        self.blocked = True
        self.content = False
        if self.subject is not None:
            self.before = self.subject
        self.subject, self.verb = None, 0

    def _new_clause(self) -> None:
        if self.subject is not None:
            self.before = self.subject
        self.subject = None
        self.content = self.in_prep = self.relative = False
        self.soft = True

    def _content(self, place: int, unit: Unit, roles: int) -> None:
        if roles & Role.NOT or (unit.word == "too" and self._too_to(place)):
            self._negate(unit)
        if roles & Role.WOULD and not self.asked and not self._own_would(place):
            self.would = True
        if roles & Role.MAY:
            self.may = True
        if roles & Role.LIKELY:
            self.likely = True
        if (roles & Role.HALF and not roles & Role.PART) or (
            unit.word in ("half", "part") and self._half(place)
        ):
            self.half = True
        if roles & Role.REVISE:
            self.turned = True
        if roles & Role.OTHERS and self._claims(place):
            self.others = True
        following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
        if unit.word == "you" and following & Role.BE:
            self._subject(Subject.GENERAL)
            return
        if roles & (_VERB | Role.REPORT | Role.SHOW | Role.INDICATE):
            self._verb(place, unit, roles)
        elif roles & Role.SIGN:
            self.sign = place + 1
            self.content = True
            self.gap = 0
        elif roles & (Role.IT | Role.THIS | Role.ALL | Role.ME | Role.THERE):
            self._pronoun(place, roles)
        elif roles & (Role.IMAGE | Role.IMAGES | Role.PART):
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

    def _negate(self, unit: Unit) -> None:
        if unit.word == "none" and self.verb:
            return
        if self.soft and self.consumed:
            self._reset_negation()
        self.neg += 1

    def _other(self, unit: Unit, roles: int) -> None:
        """Take any other word: perhaps the noun that is spoken of."""
        if roles & Role.DO:
            if self.soft and self.found and not roles & Role.NOT:
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
        definite = self._before(place, Role.THE | Role.THIS | Role.ADVERB, 3)
        indefinite = self._before(place, Role.A, 3)
        self.noun_image = bool(roles & Role.IMAGE)
        self.original = place > 0 and self.units[place - 1].word in _OTHER_IMAGES
        if self.verb in (Role.BE, Role.SEEM) and not self.soft and not self.relative:
            return
        if roles & Role.IMAGE and roles & Role.OTHERS and not definite:
            return
        subject = Subject.REGION
        if roles & Role.IMAGE:
            subject = (
                Subject.GENERAL
                if indefinite and not definite and self.verb != Role.REPORT
                else Subject.IMAGE
            )
        elif roles & Role.IMAGES:
            subject = Subject.IMAGE if self._before(place, Role.THIS, 2) else Subject.GENERAL
        if self._is_object(place):
            if subject is not Subject.GENERAL:
                self.subject = subject
            return
        if self.in_prep:
            following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
            if (
                subject is Subject.IMAGE
                and not self.content
                and following & (_VERB | Role.MAY | Role.DO | Role.NOT | Role.LIKELY | Role.ADVERB)
            ):
                self._subject(subject)
            elif subject is not Subject.IMAGE and not self.content:
                self.before = subject
            return
        if (
            roles & Role.PART
            and self.subject is Subject.IMAGE
            and self.units[place - 1].roles & Role.IMAGE
            and not self.verb
        ):
            self.subject = Subject.REGION
            return
        self._subject(subject)

    def _subject(self, subject: Subject) -> None:
        """Begin a clause about something."""
        if self.soft:
            if self.consumed or not self.report_neg:
                self.neg -= min(self.old_neg, self.neg) if self.verb or self.found else 0
            self.old_neg = 0
            self.soft = False
            self.than = self.pretend = False
            self.likely = self.may = self.would = False
            if self.found:
                self.reject = 0
        self.subject = subject
        self.verb = 0
        self.gap, self.blocked, self.in_prep = 0, False, False
        self.content = subject is not Subject.IMAGE

    def _pronoun(self, place: int, roles: int) -> None:
        if roles & Role.ME:
            if roles & Role.THE and self._noun_follows(place):
                return
            if self.soft or self.found:
                self._mine()
            self.subject, self.content = Subject.IMAGE, False
            self.verb = 0
            return
        if roles & Role.THIS:
            following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
            if not roles & Role.BE and following & (Role.IMAGE | Role.IMAGES | Role.PART):
                return
            if self.units[place].word == "that" and self._that(place, following):
                return
            if not roles & Role.BE and following == 0:
                return
        if roles & Role.THERE:
            if not roles & Role.ADVERB or self.units[place].word == "there":
                self._subject(Subject.IMAGE)
                self.content = True
                self.subject = Subject.REGION
            return
        if roles & Role.ALL and not roles & Role.ADVERB:
            if self.verb and not self.soft:
                return
            self._subject(Subject.IMAGE)
            self.likely = True
            if roles & Role.NOT and self.neg == 0:
                self.neg = 1
            return
        if roles & Role.ALL:
            return
        if self.units[place].word == "itself":
            return
        if (
            roles & Role.IT
            and self.verb == Role.REPORT
            and place
            and self.units[place - 1].roles & Role.REPORT
        ):
            self.subject = Subject.IMAGE  # "call it fake"
            return
        if self._is_object(place):
            self.subject = Subject.IMAGE
            return
        self._subject(Subject.IMAGE)
        if roles & Role.BE:
            self._verb(place, self.units[place], roles)

    def _mine(self) -> None:
        """Begin a statement of the speaker's own."""
        if self.consumed or not self.report_neg:
            self.neg = self.old_neg = 0
        self.soft = self.consumed = False
        self.would = self.may = self.concede = self.pretend = self.than = False
        self.others = self.said = False
        if self.found:
            self.open = self.listed = False
            self.reject = 0

    def _that(self, place: int, following: int) -> bool:
        """Read *that*: True where it only joins clauses."""
        if self.verb in (Role.REPORT, Role.INDICATE) or self.sign:
            if (
                following & (_VERB | Role.MAY | Role.DO)
                and self.noun_image is False
                and self.verb != Role.REPORT
                and not self.sign
            ):
                return False
            self.gap = -1
            return True
        if (
            place
            and following & (_VERB | Role.MAY | Role.DO | Role.NOT | Role.SHOW)
            and (self.verb or self.content or self.subject)
        ):
            self._relative(place)
            return True
        return bool(place) and not following & (_VERB | Role.MAY | Role.DO | Role.NOT | Role.SHOW)

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

    def _verb(self, place: int, unit: Unit, roles: int) -> None:
        if roles & (Role.IT | Role.THIS) and not roles & Role.BE:
            return
        if roles & Role.REPORT and not roles & _VERB:
            if roles & Role.SURENESS and not self._before(
                place, Role.BE | Role.ME | Role.ADVERB | Role.PERCENT, 2
            ):
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
            self.verb, self.gap, self.blocked, self.content, self.in_prep = (
                Role.REPORT,
                0,
                False,
                False,
                False,
            )
            self.soft = False
            return
        if roles & Role.INDICATE and not roles & _VERB:
            if self.soft and self.neg == self.old_neg and not self.report_neg:
                self._reset_negation()
            self.verb, self.gap, self.blocked = Role.INDICATE, 0, False
            self.in_prep = False
            self.sign = 0
            if self.neg:
                self.report_neg = True
            return
        if roles & Role.SHOW and not roles & _VERB:
            following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
            self.in_prep = unit.word.endswith("ing")
            if (
                not (self.verb in (Role.BE, Role.SEEM) and unit.word in ("has", "have", "had"))
                and not following & Role.REPORT
            ):
                self.verb, self.gap = Role.SHOW, 0
            return
        self._state(place, unit, roles)

    def _state(self, place: int, unit: Unit, roles: int) -> None:
        """Take a verb that says what something is or seems."""
        if self.subject is None:
            self.subject = self.before if not self.content and self.before is not None else None
            if self.soft and self.found:
                if self.consumed:
                    self.neg -= min(self.old_neg, self.neg)
                self.than = False
            elif self.subject is None:
                self.subject = Subject.REGION if self.content else Subject.IMAGE
        elif self.soft and self.verb and not roles & Role.NOT:
            if self.consumed:
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

    # -- mentions ------------------------------------------------------------------

    def _mention(self, place: int, unit: Unit) -> None:
        phrase = phrase_at(self.units, place)
        base = Label.FAKE if unit.roles & (Role.FAKE | Role.FORGING) else Label.REAL
        number = number_before(self.units, place, self.number_used)
        later = None if number else number_after(self.units, phrase.end)
        if number or later:
            self.number_used = (number or later).place  # type: ignore[union-attr]
        kind, subject = self._where(place, unit, phrase, number is not None or later is not None)
        negated = (self.neg + self.than + self.reject) % 2 == 1
        found = Found(
            unit.start,
            unit.end,
            base,
            place,
            negated,
            subject,
            Force.STATED,
            kind,
            self.turned,
            self.half,
        )
        self._coordinate(found, place)
        self._force(found, place)
        if phrase.denied:
            found.negated = not found.negated
        share = number or later
        if share is not None:
            self._weigh(found, share)
        if self._conditional(phrase.end):
            found.drop(Force.HYPOTHETICAL)
        if self.checked is not None and found.place is not Place.NOWHERE:
            found.place = Place.ANNOUNCED
            if not self.checked:
                found.drop(Force.LISTED)
        if (
            self.original
            and base is Label.REAL
            and not found.negated
            and found.place is Place.STATED
        ):
            found.place, found.subject = Place.NOWHERE, Subject.GENERAL
        if self._low_chance(place, phrase.end):
            found.negated = not found.negated
        self.checked = None
        if found.subject is Subject.GENERAL and phrase.sentence_subject:
            self.subject = self.before = Subject.GENERAL
        self.consumed = True
        self.found.append(found)
        self.half = False
        if kind > Place.NOWHERE:
            self.turned = False

    def _conditional(self, end: int) -> bool:
        """Read "real, if the light came from two lamps"."""
        window = self.units[end : end + 2]
        if window and window[0].roles & Role.COMMA:
            window = window[1:]
        return bool(window) and bool(window[0].roles & Role.IF) and window[0].word in ("if", "unless")

    def _low_chance(self, place: int, end: int) -> bool:
        """Read "the likelihood that this is real is very low"."""
        if not any(
            u.roles & Role.CHANCE and u.roles != Role.LIKELY | Role.CHANCE
            for u in self.units[max(0, place - 20) : place]
        ):
            return False
        window = self.units[end : end + 5]
        return any(u.roles & _VERB for u in window[:2]) and any(u.word in _LOW for u in window)

    def _too_to(self, place: int) -> bool:
        return any(
            u.word.startswith("to ") or u.word == "to" for u in self.units[place + 2 : place + 7]
        )

    def _weigh(self, found: Found, share: object) -> None:
        value, sure = share.value, share.sure  # type: ignore[attr-defined]
        if sure:
            if value < 0.5:
                found.drop(Force.HYPOTHETICAL)
            return
        if value == 0.5:
            found.drop(Force.LISTED)
        elif found.place is Place.NOWHERE and found.force in (Force.STATED, Force.HEDGED):
            found.place, found.subject = Place.SEEMING, Subject.IMAGE
        if value < 0.5:
            found.negated = not found.negated
        if found.place in (Place.POSSIBLE, Place.BARE, Place.SIGN):
            found.place, found.subject = Place.SEEMING, Subject.IMAGE

    def _where(
        self, place: int, unit: Unit, phrase: Phrase, numbered: bool
    ) -> tuple[Place, Subject]:
        """Say how much like a verdict a mention is, and what it is about."""
        if self.quote and self.quoted:
            return Place.NOWHERE, Subject.QUESTION
        subject = self.subject
        if subject is None and self.verb and self.before is not None:
            subject = self.before
        complement = self.verb and not self.blocked and self.gap <= _FAR
        if unit.roles & _NOUNS:
            return self._noun_place(place, unit, phrase, numbered)
        if phrase.kind == "thing":
            return Place.NOWHERE, Subject.REGION
        if (
            unit.roles & Role.REAL_NOUN
            and not unit.roles & Role.REAL
            and not self._real_noun(phrase, subject)
        ):
            return Place.NOWHERE, Subject.REGION
        preposition = preposition_before(self.units, place)
        hanging = preposition is not None and not self._taken_as(preposition)
        announced = (
            self.head >= 0 and place - self.head <= 14 and complement and subject is Subject.IMAGE
        )
        plural = phrase.kind == "images" and phrase.end < len(self.units)
        if self.head >= 0 and (phrase.sentence_subject or plural):
            return Place.NOWHERE, Subject.GENERAL
        stating = self.verb in (Role.BE, Role.SEEM, Role.REPORT) and phrase.kind != "part"
        if announced and stating and not hanging:
            return Place.ANNOUNCED, Subject.IMAGE
        if preposition and not self._taken_as(preposition):
            if self.verb == Role.INDICATE or self.sign:
                return Place.SIGN, Subject.IMAGE
            return Place.NOWHERE, Subject.GENERAL
        if phrase.kind == "images" and (self.verb == Role.INDICATE or self.sign):
            return Place.SIGN, Subject.IMAGE
        if phrase.kind == "images" and self.verb not in (Role.BE, Role.SEEM, Role.REPORT):
            return Place.NOWHERE, Subject.GENERAL
        if complement and self.verb in (Role.BE, Role.SEEM, Role.REPORT):
            if subject is Subject.IMAGE and phrase.kind == "part":
                return Place.SIGN, Subject.IMAGE
            if subject is Subject.IMAGE:
                return (Place.SEEMING if self.verb == Role.SEEM else Place.STATED), subject
            return (
                Place.SIGN if subject is Subject.REGION else Place.NOWHERE
            ), subject or Subject.REGION
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
        if self.content or self.key:
            only = self._is_article(place)
            return (
                (Place.BARE, Subject.IMAGE)
                if only and not self.key
                else (Place.SIGN, Subject.REGION)
            )
        return Place.BARE, Subject.IMAGE

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

    def _force(self, found: Found, place: int) -> None:
        """Say how a mention is meant, and lower its place accordingly."""
        if self.quote and self.quoted:
            found.drop(Force.QUOTED)
        elif self.listed:
            found.drop(Force.LISTED)
        elif (
            self.open
            or self.condition
            or self.imagined
            or self.others
            or (self.pretend)
            or (self.would and not (self.head >= 0 and found.place is Place.ANNOUNCED))
        ):
            found.drop(Force.HYPOTHETICAL)
        elif self.half and found.base is Label.REAL:
            found.drop(Force.LISTED)
            found.half = True
        elif found.place is Place.NOWHERE:
            found.force = Force.HEDGED if self.likely or self.may else Force.STATED
        elif self.concede or self.glance:
            found.force = Force.HEDGED
            found.place = min(found.place, Place.CONCEDED)
        elif self.may and not found.negated:
            found.force = Force.HEDGED
            found.place = min(found.place, Place.POSSIBLE)
        elif (self.likely or self.verb == Role.SEEM) and found.place is not Place.ANNOUNCED:
            found.force = Force.HEDGED
            found.place = min(found.place, Place.SEEMING)
        elif found.place is Place.SIGN or self.verb == Role.SEEM:
            found.force = Force.HEDGED

    def _coordinate(self, found: Found, place: int) -> None:
        """Let "edited, altered or generated" share one negation, and "not real and fake" not."""
        if not self.found:
            return
        last = self.found[-1]
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
        if last.base is found.base:
            found.negated = last.negated
            if found.place is Place.BARE and last.place > Place.BARE:
                found.place, found.subject = last.place, last.subject
        elif last.negated and found.negated and not any(u.roles & Role.OR for u in between):
            found.negated = False

    # -- looking around ------------------------------------------------------------

    def _before(self, place: int, roles: int, reach: int = 1) -> bool:
        return any(u.roles & roles for u in self.units[max(0, place - reach) : place])

    def _is_object(self, place: int) -> bool:
        """Say whether a noun is the object of a verb of saying: "I call the image fake"."""
        if self.verb != Role.REPORT or self.soft or self.units[place].roles & Role.BE:
            return False
        verbs = _VERB | Role.MAY | Role.DO | Role.WOULD | Role.SHOW
        for unit in self.units[place + 1 : place + 3]:
            if unit.roles & verbs:
                return False
            if not unit.roles & (Role.ADVERB | Role.NOT | Role.LIKELY):
                break
        return True

    def _is_head(self, place: int) -> bool:
        """Say whether a word announces a verdict: a colon or a verb follows it."""
        unit = self.units[place]
        after = place + 1
        while after < len(self.units) and self.units[after].roles & (
            Role.QUOTE | Role.CLOSING | Role.ADVERB | Role.OPENING
        ):
            after += 1
        if after >= len(self.units):
            return False
        following = self.units[after]
        if unit.roles & (Role.IMAGE | Role.REVISE | Role.REPORT | Role.TRUTH) or unit.word in (
            "source",
            "origin",
            "nature",
            "type",
        ):
            first = all(
                u.roles & (Role.ME | Role.THE | Role.QUOTE | Role.DASH | Role.OPENING)
                for u in self.units[:place]
            )
            return first and bool(following.roles & Role.COLON)
        if following.roles & (Role.COLON | Role.DASH):
            return True
        if following.roles & Role.WOULD and after + 1 < len(self.units):
            return self.units[after + 1].roles & Role.BE > 0
        own = place == 0 or self._before(place, Role.ME | Role.THE | Role.BE | Role.ADVERB, 2)
        return own and bool(following.roles & Role.BE) and not following.roles & Role.NOT

    def _is_citation(self, place: int) -> bool:
        """Say whether what a quotation mark opens is somebody else's: "the sign reads …"."""
        said = Role.CLAIM | Role.LIST | Role.OTHERS
        window = self.units[max(0, place - 5) : place]
        if any(u.roles & Role.ME and not u.roles & Role.THE for u in window):
            return False
        return any(
            u.roles & said and not u.roles & Role.HEAD and not u.roles & Role.IMAGE for u in window
        )

    def _claims(self, place: int) -> bool:
        """Say whether somebody else is the one who says what follows."""
        window = self.units[place + 1 : place + 4]
        if self.units[place].word in ("you", "one", "anyone", "everyone") and any(
            u.word in _SEES for u in window
        ):
            return False
        for unit in window:
            if unit.roles & (Role.COMMA | Role.COLON | _LABEL):
                return False
            if unit.roles & (Role.CLAIM | Role.REPORT) and not unit.roles & _VERB:
                return True
        return False

    def _own_would(self, place: int) -> bool:
        """Read "I would say", "I'd call it", which imagine nothing; "my answer would be"."""
        return self._before(place, Role.ME, 2) and not any(
            u.word in ("expect", "have", "need", "want", "like")
            for u in self.units[place + 1 : place + 2]
        )

    def _half(self, place: int) -> bool:
        following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
        return bool(following & _LABEL)

    def _noun_follows(self, place: int) -> bool:
        following = self.units[place + 1].roles if place + 1 < len(self.units) else 0
        return not following & (Role.REPORT | Role.WOULD | Role.BE) or bool(following & Role.HEAD)


_BLOCKING = frozenset(
    [
        "of",
        "from",
        "with",
        "between",
        "among",
        "inside",
        "by",
        "via",
        "through",
        "within",
        "including",
        "where",
    ]
)
_SEES = frozenset(
    ["see", "notice", "tell", "realize", "realise", "know", "conclude", "can", "see", "that"]
) | {"can see that"}
_LOW = frozenset(
    ["low", "slim", "small", "minimal", "negligible", "remote", "tiny", "zero", "slight"]
)
_OTHER_IMAGES = frozenset(
    ["original", "reference", "source", "other", "another", "second", "underlying", "corresponding"]
)
_CONTENT = frozenset(
    "elements element regions region areas area parts part content details objects components".split()
)
_INVERTED = frozenset({"had", "were", "should"})
_IGNORED = frozenset(
    [
        "shown",
        "given",
        "above",
        "below",
        "provided",
        "attached",
        "question",
        "whole",
        "presented",
        "itself",
        "show",
    ]
)
