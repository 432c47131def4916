# ruff: noqa: E501
# fmt: off
"""Sentences that say something else than their words: caveats, contents, rejected labels, edits.

Each template holds a word of one side ({w}) and perhaps one of the other ({v}); its list says what
the answer states, from its construction.
"""

from collections.abc import Iterator
from itertools import chain, product

from support.answers.sentence_forms import OTHER, WORDS, Case, Picker, capital

BEGINNINGS = ("This is a {f} image.", "{W}.", "This image is {w}.", "The photo is {w}.")
CONTENTS = (
    "The person in it is {v}.", "The landmark it depicts is {v}.", "What it depicts is {v}.", "The event shown in it is {v}.",
    "The place it shows is {v}.", "The people shown in it are {v}.", "The watch it shows is {v}.", "The background is {v}.",
    "The man seen on the left is {v}.", "Everything it captures is {v}.",
)
CAVEATS = (
    "I cannot fully exclude that it is {v}.", "It can't be completely ruled out that it is {v}.", "I cannot entirely dismiss the possibility that it is {v}.",
    "It could not be totally excluded that it is {v}.", "I can't altogether rule out that it is {v}.",
)
NOUN_SEEMS = (
    "This {w} image looks {v}.", "This {w} photo appears {v}.", "A {w} photo that looks {v}.", "An excellent {w} picture; it looks {v}.",
    "This is a {w} photo so good that it looks {v}.", "The {w} picture seems {v}.", "A very good {w} picture, it looks {v}.",
)
REJECTED = (
    "The label '{w}' is incorrect.", "'{W}' would be wrong here.", "It is labelled as {w}, incorrectly.", "It was flagged as {w}, but the flag is a false positive.",
    "A photo falsely presented as {w}.", "The photo was wrongly accused of being {w}.", "The label \"{w}\" is wrong.", "I think the label '{w}' is wrong.",
)
REJECTED_BEHIND = (
    "It's labeled '{w}', which is wrong.", "It was tagged as '{w}', which is incorrect.", "Described as '{w} photo' - incorrectly so.", "It was falsely accused of being {w}.",
    "It is falsely presented as {w}.", "This photo is mislabelled as {w}.", "It was misclassified as {w}.", "I labelled it {w}, which was wrong.", "It has been unfairly labelled as {w}.", "It was incorrectly flagged as {w}.", "Labelled as {w}, but that's wrong.", "It is a myth that this photo is {w}.", "It's a complete myth that the image is {w}.",
    "It is nonsense that this photo is {w}.", "It is untrue that this image is {w}.",
)
LEFT_OPEN = (
    "It is a rumour that this photo is {w}.", "It's a hoax that the image is {w}.", "It is not a myth that this photo is {w}.", "Such a '{w}' photo, with its seven fingers.", "What a \"{w}\" picture, lol.",
    "It was not falsely accused of being {w}.", "It isn't labelled '{w}', which is wrong.", "A photograph so sharp that it looks {w}.", "A picture so clean it seems {w}.",
    "The eyes look {w}.", "The skin looks {w}.", '{{"reason": "the hand looks {w}"}}', "A so-called '{w}' photo.", "Nice '{w}' photo, with seven fingers.", "Look at this \"{w}\" photo.", "Does this image look {w}? Yes. Is it? No.", "If it was mislabelled as {w}, that is a pity.",
)
QUESTIONED = (
    "Is it {w}? Yes. Does it look {v}? Also yes.", "Is this image {v}? No. Does it seem {v}? Yes.", "Does it look {v}? Yes. Is it {w}? Yes.", "Does it look {w}? Yes.",
)
DISBELIEVED = (
    "I'm skeptical that it is {w}.", "I have a hard time believing this is {w}.", "I find it difficult to accept this as {w}.", "I have trouble believing that it is {w}.",
    "The suspicion that it is {w} is unfounded.", "The arguments that it is {w} don't convince me.", "The case for it being {w} is weak.", "The myth that this is {w} is baseless.",
    "The likelihood that it is {w} is virtually nil.", "Claims that it is {w} are unfounded.", "The accusation of being {w} is baseless.",
)
REVISED = (
    "I'd first say {w}. After a closer look: {v}.", "At first I'd say {w}. Now: {v}.", "My first thought was {w}. On closer inspection: {v}.", "I'd initially say {w}. In fact: {v}.",
)
GENERIC = ("It's missing everything a {v} photo has. {W}.", "It lacks everything {v} photos have. {W}.", "Unlike the previous image, which was {v}, this one is {w}.")
EDITED = (
    "This is a {r} photo that has been manipulated.", "A {r} photo with a fake face.", "This is a {r} photograph altered by inpainting.", "It is a {r} photo, but the face has been replaced.",
    "Everything is {r} except the face, which is AI-generated.", "The lamp was pasted in, the rest is {r}.", "A {r} photograph that was edited with Photoshop.", "The photo is {r}, but the sky has been replaced.",
)
ONCE = ("This was once a {r} photo, before AI changed the sky.", "It was a {r} photo before AI replaced the face.", "An AI at its best: it looks {r}.")
PARTLY = (
    "The lamp has been inserted digitally; the rest is {r}.", "The sky was replaced by AI; everything else is {r}.", "Everything but the face is {r}.", "All but the sky is {r}.", "The rest is {r}.",
    "The fakery is good, it looks {r}.", "The AI did a good job: it looks {r}.", "The forger worked well, and it seems {r}.", "The signature proves the painting is {r}.",
    "Good fakery, it looks {r}.", "Except for the face, this is {r}.", "Apart from the sky, which AI made, it is {r}.", "Before AI changed the sky, this was {r}.", "This was originally a {r} photo.",
)
TAKEN_BEFORE = ("It is a {r} photo, taken years before AI made such images.", "The AI did not do this; it is {r}.")
OPEN = (
    "{O} is {w}.", "{O} looks {w}.", "{O} seems {w}.", "{W} or not, the composition is good.", "I'd need the original file to say if it's {w}.", "I would need the metadata to tell whether it's {w}.",
    "The label can be {w} (0) or {v} (1).", "Yeah, right, a \"{w}\" photo.", "Sure, totally \"{w}\".", "totally \"{w}\" /s", '{{"reason": "{O} looks {w}."}}',
)
OBJECTS = ("The Rolex", "This banknote", "Her smile", "The dog", "The tree", "His hair", "The money", "That watch", "The car")
STRUCTURED = {
    "fake": ('{"fake": 1}', '{"is_fake": "1"}', '{"is_real": 0}', '{"question": "Is this real?", "answer": "no"}', '{"question": "Is this fake?", "answer": "yes"}', "A) real B) fake\nI choose B.",
             "A. real\nB. fake\nThe correct answer is B.", "My answer: B) fake", "```fake```", "Score: 0.92 (0 = real, 1 = fake)", "Score: 0.08 (1 = real, 0 = fake)", "Real: ❌", "No camera could have taken this.",
             "It passes every test I know for real photos. Fake.", "fake <ref>hand</ref><box>10 20 30 40</box>"),
    "real": ('{"fake": 0}', '{"ai_generated": 0}', '{"is_real": "1"}', '{"question": "Is this fake?", "answer": "no"}', "A) real\nB) fake\nI choose A.", "A. real\nB. fake\nThe correct answer is A.",
             "My answer: A) real", "```real```", "Score: 0.08 (0 = real, 1 = fake)", "Real: ✅", "Fake: ❌", "No AI could have made this.", "I found none of the usual AI artifacts.", "No hay signos de manipulación.",
             "Нет признаков генерации.", "Aucun signe de manipulation.", "Keine Anzeichen von Manipulation.", "It passes every test I know for fakes. Real.", "Not AI: no AI could have made this."),
    "open": ('{"label": 1}', '{"label": "1"}', '{"label": 0}', "This is a photograph.", "True", "A robot generated by a 3D printer.", "The road was generated.", "This proves the painting is an original.",
             "A real photo of a house that has been modified.", "I would never say the label 'fake' is wrong.", "Fake. It looks real though.", "I'm not skeptical that this is real."),
}
REPLIES = {True: ("I think so.", "Yes, I think so.", "是的。", "Ja."), False: ("I don't think so.", "I doubt it.", "不是", "Nein.")}


def _of(templates: tuple[str, ...], kind: str, *, truth: str) -> Iterator[Case]:
    """Yield two sentences of each template and side; `truth` is ``own``, ``other`` or ``open``."""
    pick, things = Picker(), Picker()
    for template, side, _ in product(templates, ("fake", "real"), range(2)):
        word, other = pick(WORDS[side][:4]), pick(WORDS[OTHER[side]][:4])
        thing = things(OBJECTS)
        text = (template.replace("{{", "{").replace("}}", "}").replace("{w}", word).replace("{W}", capital(word)).replace("{v}", other)
                .replace("{O}", thing).replace("{f}", side).replace(" a a", " an a").replace("A A", "An A").replace("A a", "An a"))
        truths = {"own": side, "other": OTHER[side], "open": "open"}
        yield Case(text, truths[truth], kind, plain=False)


def caveat_forms() -> Iterator[Case]:
    """Yield every answer of this module."""
    joined = tuple(f"{first} {then}" for first, then in product(BEGINNINGS, CONTENTS + CAVEATS))
    edited = (Case(text.format(r=word), "fake", "edited photograph", plain=False) for text, word in product(EDITED, WORDS["real"]))
    partly = (
        Case(text.format(r=word), truth, "edited part", plain=False)
        for truth, texts in (("fake", ONCE), ("open", PARTLY), ("real", TAKEN_BEFORE)) for text, word in product(texts, WORDS["real"][:4])
    )
    written = (Case(text, truth, "structure, further", plain=False) for truth, texts in STRUCTURED.items() for text in texts)
    replies = (
        Case(text, side if says else OTHER[side], "yes or no, further", plain=True, yes=side)
        for (says, texts), side in product(REPLIES.items(), ("fake", "real")) for text in texts
    )
    seen: set[tuple[str, str | None]] = set()
    for case in chain(
        _of(joined, "contents and caveats", truth="own"), _of(NOUN_SEEMS, "a noun that seems", truth="own"), _of(REJECTED, "label rejected", truth="other"),
        _of(DISBELIEVED, "disbelief", truth="other"), _of(REVISED, "correction over time", truth="other"), _of(GENERIC, "generic reference", truth="own"),
        _of(OPEN, "objects and irony", truth="open"), edited, written, replies,
        _of(REJECTED_BEHIND, "label rejected", truth="other"), _of(LEFT_OPEN, "left open", truth="open"), _of(QUESTIONED, "questions of looks", truth="own"), partly,
    ):
        if (case.text, case.yes) not in seen:
            seen.add((case.text, case.yes))
            yield case
