# ruff: noqa: E501
# fmt: off
"""Answers whose verdict stands beside another clause: insertions, debates, images in general."""

from collections.abc import Iterator

from support.answers.sentence_forms import OTHER, SUBJECTS, WORDS, Case, Picker, capital, fill

DENYING = ("far from", "far from being", "anything but", "by no means", "in no way", "not at all", "certainly not", "never")
INSERTED = (
    "{S}, @ {w}, is {v}.", "{S}, @ {w}, is clearly {v}.", "I think that {s}, @ {w}, is {v}.", "{S}, @ {w}, is in fact {v}.",
)
SAFELY = (
    "We can safely say that {s} is {w}.", "One can safely say that {s} is {w}.", "I can confidently say that {s} is {w}.", "You can safely assume that {s} is {w}.",
    "We can safely conclude that {s} is {w}.", "We may safely say that {s} is {w}.", "We can definitely say that {s} is {w}.",
)
NOT_SAFELY = ("We cannot safely say that {s} is {w}.", "One cannot confidently say that {s} is {w}.", "I can't safely conclude that {s} is {w}.")
CLEFT = ("What we see here is {n}.", "What you sent is {n}.", "What you sent me is {n}.", "What I am looking at is {n}.", "What was uploaded is {n}.")
NAMES = {
    "fake": ("a Photoshop job", "a Photoshop composite", "a deepfake", "an AI-generated image"),
    "real": ("a camera photo", "a camera picture", "a real photograph", "a camera shot"),
}
DEBATES = (
    "**Prosecutor:** This is {w}!\n**Defender:** This is {v}!", "Alice: It is {w}.\nBob: It is {v}.", "Expert A: This is {w}.\nExpert B: This is {v}.", "Optimist: The image is {w}.\nPessimist: The image is {v}.",
    "Critic: The photo is {w}. Look at the sign.\nAdvocate: I disagree. The photo is {v}.",
)
NO_RULING = ("", "\n**Judge:** I adjourn without a ruling.", "\nJudge: The case is adjourned.", "\nModerator: We do not agree.")
RULING = ("\nJudge: The image is {v}.", "\n**Judge:** This is {v}.", "\nModerator: It is {v}.", "\nFinal verdict: {v}")
GENERAL = (
    "It's 2024 and {a} pictures look {b} while {b} ones look {a}.", "It is strange, {a} photos look {b} and {b} photos look {a}.", "It's an odd time and {a} images look {b}.", "This is sad, {a} pictures look {b} now.",
)
CHINESE = {
    "fake": ("这张图片经过PS处理。", "这张照片经过了PS处理。", "该照片被PS处理过。", "图片做过PS修图。", "我判断这张图为AI生成图片。", "我判断这张照片为伪造。"),
    "real": ("这张图片没有经过PS处理。", "这张照片没有经过任何PS处理。", "这张照片未经PS处理。", "图片没有PS修改。", "我判断这张图为真实照片。", "我判断这张图片为真实。"),
    "open": ("无法判断这张图是否为真实照片。", "请判断图片的真假。", "我判断不了这张照片是真的还是假的。", "这张照片是否经过PS处理？", "难以判断图片为真。"),
}
JAPANESE = {
    "fake": ("これはディープフェイクです。", "本物の写真ではありません。"),
    "real": ("ディープフェイクではありません。", "この画像はディープフェイクではない。", "これはディープフェイクではありません。", "フェイク画像ではありません。"),
}


def _pairs(templates: tuple[str, ...], kind: str, *, truth: str = "") -> Iterator[Case]:
    pick, pick_subject = Picker(), Picker()
    for template in templates:
        for side in OTHER:
            subject = pick_subject(SUBJECTS)
            text = fill(template, subject, pick(WORDS[OTHER[side]]), pick(WORDS[side]))
            yield Case(text, truth or side, kind)


def inserted() -> Iterator[Case]:
    """Yield every answer of this module."""
    for denying in DENYING:
        yield from _pairs(tuple(t.replace("@", denying) for t in INSERTED), "inserted denial")
    yield from _pairs(tuple(t.replace("{w}", "{v}") for t in SAFELY), "safely said")
    yield from _pairs(NOT_SAFELY, "not safely said", truth="open")
    for side, names in NAMES.items():
        yield from (Case(t.replace("{n}", n), side, "cleft") for t in CLEFT for n in names)
    yield from _pairs(tuple(d + end for d in DEBATES for end in NO_RULING), "debate", truth="open")
    yield from _pairs(tuple(d + end for d in DEBATES for end in RULING), "debate, decided")
    for text in GENERAL:
        yield from (Case(capital(text.format(a=a, b=OTHER[a])), "open", "in general") for a in OTHER)
    for name, rows in (("language zh", CHINESE), ("language ja", JAPANESE)):
        yield from (Case(text, side, name) for side, texts in rows.items() for text in texts)
