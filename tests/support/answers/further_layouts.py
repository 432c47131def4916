# ruff: noqa: E501
# fmt: off
"""Answers in layouts: arrows, verbs as values, numbers in words, ticks, boxes, ratings, tables."""

from collections.abc import Iterator
from itertools import chain

from support.answers.sentence_forms import OTHER, Case, capital

ARROWS = (" → ", " => ", " = ", " ⇒ ", " -> ", " == ", ": ", " – ", " | ", "\t", " := ", " ➜ ", " ... ")
KEYS = {"fake": ("AI-generated", "fake", "Deepfake", "manipulated", "Synthetic"), "real": ("real", "Authentic", "Genuine")}
VERBS = {
    "fake": ("Decision: reject as inauthentic", "Decision: reject", "Decision: flag as fake", "Decision: flag as AI-generated", "Verdict: rejected as fake", "Action: discard as synthetic",
             "Decision: do not accept as genuine", "Decision: not accepted as authentic", "Result: failed the authenticity check", "Decision: classify as manipulated", "Verdict: dismiss as a forgery",
             "Authenticity: rejected", "Authenticity: refuted", "Authenticity check: failed", "Authenticity: not confirmed"),
    "real": ("Decision: accept as genuine", "Decision: accept as authentic", "Verdict: accepted as real", "Decision: pass as genuine", "Result: passed the authenticity check", "Decision: classify as authentic",
             "Decision: do not flag as fake", "Decision: not flagged as AI-generated", "Authenticity: confirmed", "Authenticity: verified", "Authenticity check: passed", "Verdict: confirmed as authentic"),
}
LOW = ("two", "three", "five", "ten", "twenty", "fifteen", "eight", "one", "twenty-five", "thirty")
HIGH = ("ninety", "ninety-five", "eighty", "ninety-nine", "seventy", "eighty-five", "ninety-eight", "sixty")
SPELLED = (
    ("There is a mere {n} percent chance that it is {w}.", "low"), ("I see only a {n} percent chance that this is {w}.", "low"), ("{N} percent {w}.", "both"), ("The probability that it is {w} is {n} percent.", "both"),
    ("I am {n} percent sure that it is {w}.", "high"), ("It is {n} percent likely to be {w}.", "both"), ("Likelihood of being {w}: {n} percent", "both"), ("{N} out of ten experts... no: I'm {n} percent certain it's {w}.", "high"),
    ("There's a {n} per cent probability that the image is {w}.", "both"),
)
SHARES = (
    "{w} {high} / {v} {low}", "{high} {w}, {low} {v}", "{v} {low} / {w} {high}", "{w}={high} {v}={low}", "{w}: {high} | {v}: {low}", "{v}: {low}\n{w}: {high}", "[{w}: {high}, {v}: {low}]", "({low} {v}, {high} {w})",
    "{w} ({high}), {v} ({low})", "{w} -> {high}\n{v} -> {low}", "{w} = {high}, {v} = {low}", "{w} {high}, {v} {low}", "{low} {v} / {high} {w}", "p({w})={high}, p({v})={low}", "{w}\t{high}\n{v}\t{low}",
    "Score for {w}: {high}; score for {v}: {low}",
)
TICKS = (
    "{V} ❌ {W} ✅", "{W} ✅ {V} ❌", "✅ {W}\n❌ {V}", "❌ {V}\n✅ {W}", "{V}: ❌\n{W}: ✅", "[x] {W} [ ] {V}", "[ ] {V} [x] {W}", "- [x] {W}\n- [ ] {V}", "- [ ] {V}\n- [X] {W}", "☑ {W} ☐ {V}", "☐ {V} ☑ {W}", "☒ {W} ☐ {V}",
    "(x) {W} ( ) {V}", "( ) {V} (x) {W}", "( ) {V}\n(•) {W}", "✔ {W} ✘ {V}", "{V} ✘\n{W} ✔", "{W} ✓", "✓ {W}", "[✓] {W} [ ] {V}", "[✗] {V} [✓] {W}", "○ {V} ● {W}", "{W} 👍 {V} 👎", "🔘 {W} ⚪ {V}",
    "| {V} | ❌ |\n| {W} | ✅ |", "{W}? ✅ {V}? ❌", "**{W}** ✅", "☑️ {W}\n⬜ {V}",
)
RATINGS = {
    "fake": ("4/5 fake", "Fakeness: 9/10", "Authenticity score: 2/10", "Authenticity: 1 out of 10", "Realness: 2/10", "On a scale from 0 (real) to 10 (fake): 9", "On a scale of 0 (real) to 10 (fake), I give it a 9.", "On a scale from 1 (fake) to 5 (real): 1",
             "Scale 0 = real, 100 = fake. Score: 95", "9/10 fake", "Real: 1/10", "Authenticity score: 5%", "Fake score: 0.97", "Real score: 0.04", "Authenticity rating: 1.5/10", "fake: 5/5", "Fake probability: high", "Chance of being real: slim to none",
             "Probability real: low", "Likelihood of AI: very high", "Fake (confidence: 0.93)", "fake | 0.98", "fake, 0.98", "Score (0 = fake, 1 = real): 0.03"),
    "real": ("4/5 real", "Fakeness: 1/10", "Authenticity score: 9/10", "Authenticity: 10 out of 10", "Realness: 9/10", "On a scale from 0 (real) to 10 (fake): 1", "On a scale of 0 (real) to 10 (fake), I give it a 1.", "On a scale from 1 (fake) to 5 (real): 5",
             "Scale 0 = real, 100 = fake. Score: 4", "9/10 real", "Real: 9/10", "Fake: 1/10", "Authenticity score: 95%", "Real score: 0.96", "Fake score: 0.02", "real: 5/5", "Real probability: high", "Chance of being fake: slim to none",
             "Probability fake: low", "Likelihood of AI: very low", "Real (confidence: 0.93)", "real | 0.98", "real, 0.98", "Score (0 = fake, 1 = real): 0.97"),
    "open": ("Fake (confidence: 0.2) Real (confidence: 0.2)", "On a scale from 0 (real) to 10 (fake): 5", "On a scale from 0 (real) to 10 (fake)", "5/10 fake", "Authenticity score: 5/10", "Realness: 5 out of 10", "50 percent real, fifty percent fake",
             "fifty percent", "fake 0.5 / real 0.5", "[ ] Real [ ] Fake", "Real ✗", "✗ Real", "[ ] Fake", "[x] Real [x] Fake", "☐ Real ☐ Fake", "Real ❌ Fake ❌", "Real ✅ Fake ✅", "fake → ?", "real → unknown", "( ) real ( ) fake", "Rate from 1 (real) to 5 (fake).",
             "I'm only 30 % confident that this is fake.", "With 20% confidence, I'd say it is real."),
}
TABLES = (
    "| Aspect | Finding |\n|---|---|\n| Hands | {v} |\n| Sky | {v} |\n| Overall | {w} |", "| Region | Label |\n|---|---|\n| Face | {v} |\n| Background | {w} |\n| **Overall** | **{w}** |", "Face: {v}\nBackground: {v}\nOverall: {w}",
    "Lighting: {v}\nTexture: {v}\nAnatomy: {w}\n\nOverall assessment: {w}", "Hands: {v}\nText: {w}\nWhole image: {w}", "1. Lighting - {v}\n2. Hands - {v}\n3. Verdict - {w}", "Texture → {v}\nShadows → {v}\nVerdict → {w}",
    "Test A: {v}\nTest B: {v}\nTotal: {w}", "Step 1: looks {v}\nStep 2: looks {v}\nStep 3: conclusion: {w}",
    "| | Real | Fake |\n|---|---|---|\n| Light | {v} | |\n\nFinal verdict: {w}", "Criterion,Result\nhands,{v}\nsky,{v}\noverall,{w}",
)
TOKENS = ("<s>{a}</s>", "<s> {a}</s>", "<s>[INST] Is it real or fake? [/INST] {a}</s>", "<bos>{a}<eos>", "<s>{a}", "<s>\n{a}\n</s>", "<|im_start|>assistant\n{a}<|im_end|>", "<s><s>{a}</s></s>")
STRUCK = ("<del>{v}</del> {w}", "~~{v}~~ {w}", "~~{v}~~ **{w}**", "<strike>{v}</strike> {w}", "<del>The image is {v}.</del> The image is {w}.", "{w} ~~{v}~~", "~~Answer: {v}~~\nAnswer: {w}", "Verdict: <s>{v}</s> {w}")


def arrows() -> Iterator[Case]:
    """Yield fields with any separator."""
    for side, keys in KEYS.items():
        for key in keys:
            for turn, mark in enumerate(ARROWS):
                for value, truth in (("yes", side), ("no", OTHER[side]), ("true", side), ("false", OTHER[side])):
                    if value in ("yes", "no") or turn % 2:
                        yield Case(f"{key}{mark}{value}", truth, "field, separator", plain=mark in (" → ", " => ", " = ", " ⇒ ", " -> ", ": "))
        for mark in ARROWS:
            yield Case(f"Verdict{mark}{side}", side, "field, separator", plain=False)
            yield Case(f"Final answer{mark}not {OTHER[side]}", side, "field, separator", plain=False)


def numbers() -> Iterator[Case]:
    """Yield percentages in words and shares with any separator."""
    for side in ("fake", "real"):
        word = {"fake": "manipulated", "real": "genuine"}[side]
        for template, size in SPELLED:
            for low in LOW[:5] if size in ("low", "both") else ():
                yield Case(template.format(n=low, N=capital(low), w=word), OTHER[side], "number in words", plain=False)
            for high in HIGH[:5] if size in ("high", "both") else ():
                yield Case(template.format(n=high, N=capital(high), w=word), side, "number in words", plain=False)
        for template in SHARES:
            for low, high in ((0.12, 0.88), (0.04, 0.96)):
                yield Case(template.format(w=side, v=OTHER[side], low=low, high=high), side, "shares", plain=False)


def marks() -> Iterator[Case]:
    """Yield ticks, boxes, tables, tokens and struck words."""
    for side in ("fake", "real"):
        other = OTHER[side]
        names = {"w": side, "v": other, "W": side.capitalize(), "V": other.capitalize()}
        yield from (Case(t.format(**names), side, "ticks", plain=False) for t in TICKS)
        yield from (Case(t.format(**names), side, "tables", plain=False) for t in TABLES)
        yield from (Case(t.format(**names), side, "struck", plain=False) for t in STRUCK)
        yield from (Case(t.format(a=a), side, "tokens") for t in TOKENS for a in (side.capitalize(), f"This is a {side} image.", f"Not {other}."))


def further_layouts() -> Iterator[Case]:
    """Yield every answer of this module."""
    lists = ((VERBS, "verb as value"), (RATINGS, "rating"))
    flat = (Case(t, truth, kind, plain=False) for readings, kind in lists for truth, texts in readings.items() for t in texts)
    yield from chain(arrows(), numbers(), marks(), flat)
