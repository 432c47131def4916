# ruff: noqa: E501
# fmt: off
"""English sentences that turn round what they name: idioms, corrections, anaphora, head nouns.

Each template holds a word of one side ({w}) and perhaps one of the other ({v}); its list says which
of the two the sentence states, from its construction.
"""

from collections.abc import Iterator
from itertools import chain

from support.answers.sentence_forms import OTHER, SUBJECTS, WORDS, Case, Picker, capital, fill

META_DENIED = (
    "To call {s} {w} would be a mistake.", "Calling {s} {w} would be wrong.", "It would be an error to call {s} {w}.", "Labelling {s} as {w} would be a mistake.",
    "Whoever thinks {s} is {w} is mistaken.", "Anyone who believes {s} is {w} is wrong.", "Those who say that {s} is {w} are mistaken.",
    "The claim that {s} is {w} is wrong.", "The idea that {s} is {w} is false.", "The notion that {s} is {w} does not hold up.", "The suggestion that {s} is {w} is mistaken.",
    "The assumption that {s} is {w} is incorrect.", "I reject the idea that {s} is {w}.", "I dismiss the claim that {s} is {w}.", "I disagree with the view that {s} is {w}.",
    "It is out of the question that {s} is {w}.", "That {s} is {w} is out of the question.", "It is a mistake to think that {s} is {w}.", "It would be wrong to say that {s} is {w}.",
    "There is no chance that {s} is {w}.", "You would be wrong to think that {s} is {w}.", "If you think {s} is {w}, you are mistaken.", "It is false that {s} is {w}.",
    "I refuse to believe that {s} is {w}.", "The hypothesis that {s} is {w} can be ruled out.", "We can rule out that {s} is {w}.", "One thing is certain: {s} is not {w}.",
    "{S} is the opposite of {w}.", "{S} is nowhere near {w}.", "{S} is a long way from {w}.", "I highly doubt {s} is {w}.", "There is no way on earth that {s} is {w}.",
    "Nothing could convince me that {s} is {w}.", "{S} can't be {w}, full stop.", "If {s} is {w}, I'm the Pope.", "If {s} is {w}, then pigs can fly.",
)
META_AFFIRMED = (
    "I can't help thinking that {s} is {w}.", "One cannot help but think that {s} is {w}.", "There can be little doubt that {s} is {w}.", "There is little doubt that {s} is {w}.",
    "There is hardly any doubt that {s} is {w}.", "Without a shadow of a doubt, {s} is {w}.", "It would be a mistake not to call {s} {w}.", "It goes without saying that {s} is {w}.",
    "I can't deny that {s} is {w}.", "There is no denying that {s} is {w}.", "Make no mistake: {s} is {w}.", "I wouldn't be surprised if {s} is {w}.",
    "Nobody could doubt that {s} is {w}.", "I have no reason to doubt that {s} is {w}.", "There can be no question that {s} is {w}.", "It is hard to deny that {s} is {w}.",
    "I'd bet my house that {s} is {w}.", "It's safe to say that {s} is {w}.", "The claim that {s} is {w} is correct.", "The idea that {s} is {w} is right.",
    "{S} can't be anything but {w}.", "I have to admit that {s} is {w}.", "Needless to say, {s} is {w}.", "Don't be fooled: {s} is {w}.", "Whoever thinks {s} is {w} is right.",
)
CONCEDED = (
    "Far from {w}, {s} is {v}.", "{S} is, far from {w}, {v}.", "{S} isn't so much {w} as {v}.", "{S} is not so much {w} as it is {v}.", "What looks {w} is in truth {v}.",
    "What appears {w} is actually {v}.", "What seems to be {w} is in fact {v}.", "{S} is {v}, however {w} it may look.", "However {w} it may look, {s} is {v}.",
    "As {w} as it may seem, {s} is {v}.", "{S} is {v}, as {w} as it may seem.", "{W} though it looks, {s} is {v}.", "{S} is {v}, {w} though it looks.", "No matter how {w} it looks, {s} is {v}.",
    "{S} is {v}, no matter how {w} it looks.", "I would love to say {s} is {w}, but it is {v}.", "I wish I could say {s} is {w}, but it is {v}.", "I'd like to believe that {s} is {w}, but it's {v}.",
    "For all that it looks {w}, {s} is {v}.", "Regardless of how {w} it looks, {s} is {v}.", "{S} is only superficially {w}; it is {v}.", "{S} pretends to be {w} but is {v}.",
    "{S} tries to pass for {w}, but it is {v}.", "Everyone says {s} is {w}. Everyone is wrong: it is {v}.", "You could be forgiven for thinking that {s} is {w}, but it is {v}.",
    "{S} is less {w} than {v}.", "{S} is {v} disguised as {w}.", "{S} is {v} masquerading as {w}.", "If {s} were {w}, I would know. It is {v}.",
    "Some will tell you that {s} is {w}. I say it is {v}.", "My colleague thinks {s} is {w}; I am sure that it is {v}.", "The caption says {s} is {w}, but it is {v}.",
    "Despite being advertised as {w}, {s} is {v}.", "{S} wants to be {w}, but it is {v}.", "So-called {w}: {s} is {v}.", "Supposedly {w}, {s} is in fact {v}.",
)
CORRECTED = (
    "{W}. Sorry, I meant {v}.", "{S} is {w}. Sorry, I meant {v}.", "{W}. Correction: {v}.", "{S} is {w} – correction, {v}.", "Revised answer: {v} (before: {w})", "Revised answer: {v} (previously {w})",
    "{W}. Strike that. {V}.", "{W} – scratch that, {v}.", "{W}. I misspoke: {v}.", "{S} is {w}. I misspoke; it is {v}.", "{W}... no, {v}.", "{S} is {w}. Let me correct myself: it is {v}.",
    "{W}. Oops, I mean {v}.", "Answer: {w}. Wait, no. Answer: {v}.", "{W}. Make that {v}.", "Corrected answer: {v}", "Updated verdict: {v} (was: {w})", "Old answer: {w}\nNew answer: {v}",
    "I take back what I said: {s} is {v}.", "Edit: {v}, not {w}.", "{S} is {w}. My apologies, it is {v}.", "{W}? No: {v}.", "{S} is {w}... just kidding, it's {v}.", "Initial answer: {w}\nFinal answer: {v}",
    "First answer: {w}. Second, corrected answer: {v}.",
)
ANAPHORA_DENIED = (
    "It has the smooth look of {n}, but I don't think it is one.", "It looks like {n}, but it isn't one.", "It looks like {n}, but it is not.", "One might take it for {n}, but I doubt it is.",
    "It may look like {n}; it isn't.", "It resembles {n}, but it isn't one.", "At first glance it looks like {n}. It isn't one.", "People call it {n}. It is not.",
    "It has everything of {n}, yet it is not one.", "Many would call it {n}, but it's not.",
)
ANAPHORA_AFFIRMED = (
    "It looks like {n}, and it is one.", "It looks like {n}, and I think it is.", "If it looks like {n}, it is one.", "Some doubt that it is {n}, but it is.", "You may not believe that it is {n}, but it is.",
)
NAMES = {
    "fake": ("a generated picture", "a fake", "an AI-generated image", "a deepfake", "a fake photo"),
    "real": ("a real photo", "a genuine photograph", "an authentic picture", "a real photograph"),
}
EMPHASIS = {
    "fake": (
        "This is an authentic example of an AI-generated image.", "A genuine deepfake.", "This is a genuine deepfake.", "A real example of CGI.", "This is a real example of CGI.", "This is a true masterpiece of fakery: an AI-generated image.",
        "A real fake, nothing more.", "This is an original AI-generated image.", "It is a genuine forgery.", "It's an actual deepfake.", "This is a real AI image.", "This image is an authentic AI creation.",
        "The absence of any real texture tells me it's fake.", "The lack of genuine skin pores tells me that it is fake.", "The lack of any authentic detail shows that the image is fake.", "There is no real depth; it's AI.",
        "No authentic grain can be seen, so it's synthetic.", "The missing real-world detail proves that it's a fake.",
        "This is a fake photograph showing real people.", "An AI-generated picture showing a real place.", "An AI-generated picture of a real actor.", "This is a deepfake of a real politician.", "A synthetic image that imitates a genuine oil painting.",
        "This is a generated image of real dogs.", "Fake image of an authentic Roman coin.", "A computer-generated image with a natural background.",
    ),
    "real": (
        "A real photograph showing artificial turf.", "This is a real photograph showing artificial turf.", "A genuine photo of a fake tree.", "A real photo of a counterfeit bill.", "This is an authentic photograph of a forged painting.",
        "An unedited photo of synthetic leather.", "A real picture of a wax figure that looks artificial.", "It is a genuine photograph of an artificial Christmas tree.", "A real photograph with fake snow.",
        "This is a real image of a computer-generated billboard.", "A real photo of an AI-generated poster.", "The absence of any synthetic smoothness tells me it's real.", "The lack of AI artifacts tells me that it is real.",
        "The lack of any fake texture shows that the image is authentic.", "Real image of a deepfake on a monitor.",
    ),
    "open": (
        "Real pictures look fake while fake ones look real.", "Real photos often look fake, and fake ones often look real.", "According to the filename it's real, but I can't judge.", "According to the caption, it is fake, but I cannot verify that.",
        "The metadata claims that it is real, but I can't confirm that.", "The uploader says it's AI-generated; I have no way to check.", "a) real b) fake", "a) fake b) real", "1) real 2) fake", "The two outcomes are: a) real b) fake.",
        "My friend says it is fake.", "Reddit says it's fake.", "Some people think it's fake, others think it's real.", "Reportedly, it is real.", "Allegedly the image is fake.", "Three experts say real, two say fake.",
        "In theory it is real; in practice, who knows?", "Some fakes look more real than real photos.", "A good fake is hard to tell from a real photo.", "What is real and what is fake these days?", "Nowadays everything is fake.",
        "People say seeing is believing, but photos can be faked.", "You asked: 'Is this image fake?'", "Prompt: decide if the image is fake.", "Expert 1: fake\nExpert 2: real", "Speaker A: It's fake.\nSpeaker B: It's real.",
        "Round 1: real\nRound 2: fake\nRound 3: real", "Model 1 says real; model 2 says fake.", "User: Is it fake?\nAssistant:", "Half of the jury voted fake, the other half real.", "It could be argued that it is fake; it could equally be argued that it is real.",
    ),
}
RHETORICAL = {
    "fake": (
        "Could this be a real photograph? In theory yes; in practice, no.", "Is it real? Not a chance.", "Is this a real photo? I think not.", "Real? Hardly.", "A real photo? Come on, no.", "Is it genuine? Far from it.", "Is this photo authentic? Certainly not.",
        "Do I think it's real? No.", "Would a real camera do this? No. It's fake.", "Is it fake? Absolutely.", "Is this AI-generated? You bet.", "Fake? Yes.", "Is it a fake? Without a doubt.", "Is the image AI-generated? It certainly is.",
    ),
    "real": (
        "Could this be a fake? In theory yes; in practice, no.", "Is it fake? Not a chance.", "Is this a fake photo? I think not.", "Fake? Hardly.", "A deepfake? Come on, no.", "Is it generated? Far from it.", "Is this photo manipulated? Certainly not.",
        "Do I think it's fake? No.", "Is it real? Absolutely.", "Is this genuine? You bet.", "Real? Yes.", "Is it authentic? Without a doubt.", "Is the image real? It certainly is.",
    ),
}
DECIDED = (
    "Expert 1: {w}\nExpert 2: {v}\nExpert 3: {v}\nFinal decision (majority): {v}", "Round 1: {w}\nRound 2: {v}\nFinal answer after three rounds: {v}", "Speaker A: It's {w}.\nSpeaker B: I disagree, it's {v}.\nFinal decision: {v}",
    "Model A: {w}\nModel B: {v}\nConsensus: {v}", "Analyst: The photo is {w}.\nCritic: The photo is {v}.\nJudge's final verdict: {v}", "Pass 1: {w}. Pass 2: {v}. Final: {v}.",
    "The first expert says {w}. The second says {v}. Final decision: {v}", "Pro: it looks {w}.\nCon: the hands are odd.\nTL;DR: {v}", "It looks {w} to many.\n\nIn short: {v}", "Some signs speak for {w}.\nBottom line: {v}.",
    "It might look {w}.\nBottom line: it's {v}.", "TL;DR: {v}. It only looks {w}.", "Long story short: {v}.", "In a word: {v}.", "In one word: {v}", "To cut a long story short, it's {v}.", "The verdict is in: {v}.",
    "User: Is it {w}?\nAssistant: No, it is {v}.", "Q: {W} or {v}?\nA: {v}", "assistant: The image is {v}.", "### Assistant:\n{V}", "System: You are an expert.\nAssistant: {V}", "You asked if this is {w}. It is {v}.",
    "Question: Is this image {w} or {v}? Answer: {v}.", "To answer your question 'Is it {w}?': no, it is {v}.", "> Is this image {w} or {v}?\n\n{V}", "Between {w} and {v}, I go with {v}.", "Given the choice between {w} and {v}: {v}.",
    "Out of {w} and {v}, I pick {v}.", "Forced to choose between {w} and {v}, I'd say {v}.",
)
IRONY = {
    "fake": ("Sure, and I'm the Queen of England. Fake.", "Yeah right, 'real photo'. It's AI.", "If this is a real photo, I'll eat my hat.", "As real as a three-dollar bill.", "This is as fake as it gets.", "About as authentic as a three-dollar bill.", "It couldn't be more fake.",
             "It doesn't get any more fake than this.", "It has AI written all over it.", "This has fake written all over it."),
    "real": ("This is as real as it gets.", "It couldn't be more real.", "It doesn't get any more authentic than this.", "If this is fake, I'll eat my hat.", "Calling this fake is absurd.", "The real deal."),
}


def of(templates: tuple[str, ...], kind: str, *, other: bool, plain: bool = False) -> Iterator[Case]:
    """Yield two sentences of each template and side; `other` says that they state the other side."""
    pick, pick_subject = Picker(), Picker()
    for template in templates:
        for side in ("fake", "real"):
            for _ in range(2):
                subject = pick_subject(SUBJECTS)
                if subject in ("it", "this") and template.count("{s}") + template.count("{S}") == 0:
                    subject = "the image"
                text = fill(template, subject, pick(WORDS[side]), pick(WORDS[OTHER[side]]))
                yield Case(text, OTHER[side] if other else side, kind, plain)


def anaphora() -> Iterator[Case]:
    """Yield sentences that name a side and answer with "it is" or "it isn't one"."""
    for side, names in NAMES.items():
        for name in names:
            for template in ANAPHORA_DENIED:
                yield Case(template.format(n=name), OTHER[side], "anaphora, denied", plain=False)
            for template in ANAPHORA_AFFIRMED:
                yield Case(template.format(n=name), side, "anaphora, affirmed", plain=False)
        contrast = "It has the polish of {n}; the photograph, however, is {v}."
        yield Case(contrast.format(n=names[0], v=OTHER[side]), OTHER[side], "anaphora, denied", plain=False)


def written() -> Iterator[Case]:
    for kind, readings in (("head noun, report, list", EMPHASIS), ("rhetorical", RHETORICAL), ("irony", IRONY)):
        for truth, texts in readings.items():
            yield from (Case(capital(text), truth, kind, plain=False) for text in texts)


def further_sentences() -> Iterator[Case]:
    """Yield every sentence of this module."""
    cases = chain(
        of(META_DENIED, "idiom, denied", other=True), of(META_AFFIRMED, "idiom, affirmed", other=False),
        of(CONCEDED, "idiom, conceded", other=True), of(CORRECTED, "correction", other=True),
        of(DECIDED, "several voices, decided", other=True), anaphora(), written(),
    )
    seen: set[str] = set()
    for case in cases:
        if case.text not in seen:
            seen.add(case.text)
            yield case
