"""What is known at one place of a sentence: subject, verb, negations, conditions."""

from __future__ import annotations

from fakevlm_bench.answers.evidence import Candidate, Subject
from fakevlm_bench.answers.lexer import Sentence
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

LABEL = Role.FAKE | Role.REAL | Role.REAL_NOUN | Role.FORGING | Role.TRUTH
NOUNS = Role.FORGING | Role.TRUTH
VERBS = Role.BE | Role.SEEM
_THIRD = frozenset(
    {"says", "claims", "thinks", "believes", "insists", "states", "asserts", "argues"}
)
_OWN = frozenset(
    {"gut", "instinct", "intuition", "analysis", "experience", "feeling", "judgment", "judgement",
     "verdict", "conclusion", "answer", "everything", "evidence", "eye", "eyes", "detector"}
)  # fmt: skip
_COMMANDS = frozenset(
    {"assume", "call", "believe", "trust", "take", "say", "think", "label", "conclude", "pretend",
     "judge", "consider", "mistake", "expect", "suppose", "let"}
)  # fmt: skip
_SAFELY = frozenset({"safely", "confidently", "certainly", "definitely"})
_NOBODY = frozenset({"nobody", "no one", "no-one"})
_SEES = frozenset(
    {"see", "notice", "tell", "realize", "realise", "know", "conclude", "can see that"}
)


class ClauseState:
    """The state of the clause, what resets it, and looks at the words around."""

    def __init__(self, sentence: Sentence, context: Subject | None = None) -> None:
        """Begin before the first word; `context` is what was spoken of before."""
        self.units = sentence.units
        self.candidates: list[Candidate] = []
        self.subject: Subject | None = None
        self.before: Subject | None = context
        self.verb, self.gap, self.blocked = 0, 0, False
        self.neg, self.old_neg, self.consumed, self.report_neg = 0, 0, False, False
        self.reject = 0
        self.soft = self.content = self.in_prep = self.relative = False
        self.open = self.condition = self.imagined = self.others = False
        self.would = self.may = self.likely = self.pretend = self.listed = False
        self.concede = self.glance = self.than = self.half = self.turned = False
        self.head = -1
        self.quote = self.quoted = False
        self.if_other = False
        self.noun_image = False
        self.sign = 0
        self.key = False
        self.number_used = -1
        self.absent = False
        self.guessing = self.original = self.revised = False
        self.checked: bool | None = None

    def _soft(self) -> None:
        self.soft = True
        self.old_neg = self.neg
        self.in_prep = False

    def _reset_negation(self) -> None:
        self.neg = self.old_neg = 0
        self.report_neg = self.consumed = self.soft = False

    def _new_clause(self) -> None:
        if self.subject is not None:
            self.before = self.subject
        self.subject = None
        self.content = self.in_prep = self.relative = False
        self.soft = True

    def _but(self) -> None:
        """Turn: what was conceded, imagined or negated before no longer holds."""
        self.turned = True
        self._reset_negation()
        self.reject = 0
        self.open = self.condition = self.imagined = self.others = False
        self.would = self.may = self.likely = self.pretend = self.listed = False
        self.concede = self.glance = self.than = self.half = False
        self._new_clause()

    def _subject(self, subject: Subject) -> None:
        """Begin a clause about something."""
        if self.soft:
            if self.consumed or not self.report_neg:
                self.neg -= min(self.old_neg, self.neg)
            self.old_neg = 0
            self.soft = False
            self.than = self.pretend = False
            self.likely = self.may = self.would = False
            if self.candidates:
                self.reject = 0
        self.subject = subject
        self.verb = 0
        self.gap, self.blocked, self.in_prep = 0, False, False
        self.content = subject is not Subject.IMAGE

    def _mine(self) -> None:
        """Begin a statement of the speaker's own."""
        if self.consumed or not self.report_neg:
            self.neg = self.old_neg = 0
        self.soft = self.consumed = False
        self.would = self.may = self.concede = self.pretend = self.than = False
        self.others = False
        if self.candidates:
            self.open = self.listed = False
            self.reject = 0

    def _before(self, place: int, roles: int, reach: int = 1) -> bool:
        return any(u.roles & roles for u in self.units[max(0, place - reach) : place])

    def _roles_behind(self, place: int) -> int:
        return self.units[place + 1].roles if place + 1 < len(self.units) else 0

    def _is_object(self, place: int) -> bool:
        """Say whether a noun is the object of a verb of saying: "I call the image fake"."""
        if self.verb != Role.REPORT or self.soft or self.units[place].roles & Role.BE:
            return False
        verbs = VERBS | Role.MAY | Role.DO | Role.WOULD | Role.SHOW
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
        if self._headed(place):
            return True
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

    def _headed(self, place: int) -> bool:
        """Read "Final decision (majority):", "Final answer after three rounds:"."""
        if any(not u.roles & (Role.ME | Role.THE | Role.QUOTE) for u in self.units[:place]):
            return False
        if place + 1 >= len(self.units) or self.units[place].roles & Role.IMAGE:
            return False
        if not self.units[place + 1].roles & (Role.OPENING | Role.PREP) and (
            self.units[place + 1].word not in ("after", "is", "so")
        ):
            return False
        for unit in self.units[place + 1 : place + 8]:
            if unit.roles & Role.COLON:
                return True
            if unit.roles & (LABEL | VERBS | Role.COMMA):
                return False
        return False

    def _imperative(self, place: int) -> bool:
        """Say whether a command begins here: "Don't assume", "Assume", "Never call"."""
        if place and not self.units[place - 1].roles & (Role.COLON | Role.DASH | Role.QUOTE):
            return False
        words = " ".join(u.word for u in self.units[place : place + 3]).split()
        if words[:2] == ["do", "not"] or words[:1] in (["don't"], ["never"], ["dont"]):
            words = words[1:] if words[0] != "do" else words[2:]
        elif words[:1] not in (["assume"], ["pretend"]):
            return False
        return bool(words) and words[0] in _COMMANDS

    def _labelled(self, place: int) -> bool:
        return place + 1 < len(self.units) and bool(self.units[place + 1].roles & LABEL)

    def _is_citation(self, place: int) -> bool:
        """Say whether what a quotation mark opens is somebody else's: "the sign reads …"."""
        reporting = Role.CLAIM | Role.LIST | Role.OTHERS
        window = self.units[max(0, place - 5) : place]
        if any(u.roles & Role.ME and not u.roles & Role.THE for u in window):
            return False
        return any(
            u.roles & reporting and not u.roles & Role.HEAD and not u.roles & Role.IMAGE
            for u in window
        )

    def _claims(self, place: int) -> bool:
        """Say whether somebody else is the one who says what follows."""
        window = self.units[place + 1 : place + 4]
        if self.units[place].word in ("you", "one", "anyone", "everyone") and (
            any(u.word in _SEES for u in window) or self._safely(place + 1)
        ):
            return False
        for unit in window:
            if unit.roles & (Role.COMMA | Role.COLON | LABEL):
                return False
            if unit.roles & (Role.CLAIM | Role.REPORT) and not unit.roles & VERBS:
                return True
        return False

    def _reported(self, place: int) -> bool:
        """Say whether somebody who is no part of the image says it: "my friend says"."""
        if self.units[place].word not in _THIRD or self.subject is Subject.IMAGE:
            return False
        window = self.units[max(0, place - 3) : place]
        own = any(u.word in _OWN for u in window)
        return not own and not any(u.roles & (Role.SIGN | Role.ALL) for u in window)

    def _elsewhere(self, place: int) -> bool:
        """Say whether a source other than the image is named: "according to the caption"."""
        window = self.units[place + 1 : place + 5]
        return any(u.roles & Role.OTHERS for u in window) and not self._own(window)

    def _own(self, window: list[Unit]) -> bool:
        return any(u.word in ("my", "our") or u.word in _OWN for u in window)

    def _safely(self, place: int) -> bool:
        """Read "can safely say", which leaves nothing open."""
        if place + 2 >= len(self.units) or self.units[place + 1].word not in _SAFELY:
            return False
        return bool(self.units[place + 2].roles & (Role.REPORT | Role.CLAIM))

    def _own_would(self, place: int) -> bool:
        """Read "I would say", "I'd call it", which imagine nothing; "my answer would be"."""
        nobody = any(u.word in _NOBODY for u in self.units[max(0, place - 2) : place])
        return (nobody or self._before(place, Role.ME, 2)) and not any(
            u.word in ("expect", "have", "need", "want", "like")
            for u in self.units[place + 1 : place + 2]
        )

    def _half(self, place: int) -> bool:
        following = self._roles_behind(place)
        return bool(following & LABEL)

    def _noun_follows(self, place: int) -> bool:
        following = self._roles_behind(place)
        return not following & (Role.REPORT | Role.WOULD | Role.BE) or bool(following & Role.HEAD)

    def _either(self, place: int) -> bool:
        return any(u.roles & Role.OR for u in self.units[place + 1 : place + 9])

    def _inverted(self, place: int) -> bool:
        """Read "Had it been real", "Were this a photo", which are conditions."""
        following = self._roles_behind(place)
        marks = Role.COMMA | Role.DASH | Role.COLON | Role.QUOTE | Role.OPENING | Role.CLOSING
        first = place == 0 or bool(self.units[place - 1].roles & marks)
        return first and bool(following & (Role.IT | Role.THIS | Role.THE | Role.A))

    def _too_to(self, place: int) -> bool:
        return any(
            u.word.startswith("to ") or u.word == "to" for u in self.units[place + 2 : place + 7]
        )
