# ruff: noqa: E501
# fmt: off
"""Answers in a structure: form fields, percentages, JSON, tags, thoughts, markup, yes and no."""

import json
from collections.abc import Iterator
from itertools import chain

from support.answers.sentence_forms import OTHER, Case

FAKE_FIELDS = ("Deepfake", "AI-generated", "Fake", "Manipulated", "Synthetic", "Is fake", "AI generated", "Forgery", "Digitally altered")
REAL_FIELDS = ("Authentic", "Real", "Genuine", "Is real", "Real photo")
TRACES = ("Signs of editing", "Signs of manipulation", "Evidence of AI generation", "Traces of tampering")
YES, NO = ("yes", "true", "Yes.", "TRUE"), ("no", "false", "No.", "FALSE")
HEADS = ("Verdict", "Conclusion", "Final answer", "Label", "Classification", "Assessment", "Result", "Decision", "Prediction",
         "Final verdict", "Overall judgment", "Answer")


def fields() -> Iterator[Case]:
    """Yield form fields: a label with a value, alone and as a list of several lines."""
    for name in FAKE_FIELDS:
        yield from (Case(f"{name}: {value}", "fake", "field") for value in YES)
        yield from (Case(f"{name}: {value}", "real", "field") for value in NO)
        yield Case(f"{name}: unlikely", "real", "field, weak", plain=False)
        yield Case(f"{name}: very likely", "fake", "field, weak", plain=False)
    for name in REAL_FIELDS:
        yield from (Case(f"{name}: {value}", "real", "field") for value in YES)
        yield from (Case(f"{name}: {value}", "fake", "field") for value in NO)
        yield Case(f"{name}: unlikely", "fake", "field, weak", plain=False)
    for name in TRACES:
        yield from (Case(f"{name}: {v}", "real", "field, trace", plain=False) for v in ("none", "None found", "absent", "no", "not detected"))
        yield from (Case(f"{name}: {v}", "fake", "field, trace", plain=False) for v in ("present", "yes", "detected", "many"))
    for head in HEADS:
        for side in ("fake", "real"):
            yield Case(f"{head}: {side.capitalize()}", side, "field, verdict")
            yield Case(f"**{head}:** not {OTHER[side]}", side, "field, verdict")
            yield Case(f"- {head} – {side}", side, "field, verdict")
    yield from _field_lists()


def _field_lists() -> Iterator[Case]:
    lists = {
        "real": (
            "Deepfake: no\nAuthentic: yes\nSigns of editing: none", "- Deepfake: no\n- AI-generated: no\n- Authentic: yes", "* Fake: false\n* Real: true",
            "Authentic: yes\nManipulated: no\nConfidence: 0.9", "| Fake | no |\n| Real | yes |", "Fake: No, Real: Yes", "Real: yes; fake: no",
            "1. AI-generated: no\n2. Edited: no\n3. Verdict: real", "**Authentic:** Yes\n**Signs of manipulation:** None",
            "Signs of editing: none\nAI artifacts: none\nVerdict: authentic", "Manipulation detected: no\nFace swap: no\nImage is genuine: yes",
        ),
        "fake": (
            "Deepfake: yes\nAuthentic: no\nSigns of editing: around the mouth", "- Deepfake: no\n- AI-generated: yes\n- Authentic: no", "* Fake: true\n* Real: false",
            "Authentic: no\nManipulated: yes\nConfidence: 0.9", "| Fake | yes |\n| Real | no |", "Fake: Yes, Real: No", "Real: no; fake: yes",
            "1. AI-generated: yes\n2. Edited: no\n3. Verdict: fake", "**Authentic:** No\n**Signs of manipulation:** Hands, text",
            "Signs of editing: many\nReal photo: no\nVerdict: manipulated", "Manipulation detected: yes\nFace swap: yes\nImage is genuine: no",
        ),
        "open": (
            "Fake: yes\nReal: yes", "Real: no\nFake: no", "Fake:\nReal:", "Verdict: unknown", "Verdict: undecided", "Verdict: n/a", "Authentic: unknown",
            "Verdict: real or fake", "Verdict: fake/real", "Fake: ?", "Conclusion: inconclusive", "Deepfake: cannot be determined", "Authentic: unclear",
            "Authentic: yes/no", "Answer: yes or no", "Verdict:", "Confidence: high",
        ),
    }
    for truth, texts in lists.items():
        yield from (Case(text, truth, "field, list") for text in texts)


def percentages() -> Iterator[Case]:
    """Yield numbers: the larger of two shares decides, and less than one half means the other."""
    for low, high in ((8, 92), (3, 97), (15, 85), (30, 70)):
        for side in ("fake", "real"):
            other = OTHER[side]
            for text in (
                f"{side.capitalize()}: {high} %, {other}: {low} %", f"{other}: {low}%, {side}: {high}%", f"{high}% {side}, {low}% {other}",
                f"{other}: {low / 100}, {side}: {high / 100}", f"P({side}) = {high / 100}", f"Probability of being {other}: {low / 100}",
                f"The probability that this image is {side} is {high}%.", f"There is a {low} % chance that this image is {other}.",
                f"I am {high} % sure that the image is {side}.", f"There is only a {low}% probability that the photo is {other}.",
                f"{side} ({high}%)", f"I'd give it a {high}% likelihood of being {side}.", f"- {side}: {high} %\n- {other}: {low} %",
                f"The image is {high} percent likely to be {side}.", f"With {high}% confidence, the image is {side}.",
            ):
                yield Case(text, side, "percent")
            yield Case(f"{low} % {other}", side, "percent, weak", plain=False)
            yield Case(f"The likelihood of it being {other} is {low} in 100.", side, "percent, weak", plain=False)
        yield Case(f"Authenticity: {low} %", "fake", "percent")
        yield Case(f"Authenticity score: {high}/100", "real", "percent, weak", plain=False)
        yield Case(f"Probability of manipulation: {low}%", "real", "percent")
        yield Case(f"Likelihood of AI generation: {high}%", "fake", "percent")
    for text in ("50/50", "Fake: 50 %, real: 50 %", "There is a 50 % chance that it is fake.", "Real: 0.5, fake: 0.5", "It is 50 % likely to be real.",
                 "P(fake) = 0.5", "The odds of it being real are fifty-fifty.", "Confidence: 90 %", "I give it 50% real and 50% fake."):
        yield Case(text, "open", "percent, open")


def json_answers() -> Iterator[Case]:
    """Yield JSON: flat, nested, fenced, drafted, in conflict."""
    for side in ("fake", "real"):
        other, is_fake = OTHER[side], side == "fake"
        flat = [{key: side} for key in ("verdict", "answer", "prediction", "classification", "result", "final_answer")]
        flat += [{"is_fake": v} for v in ((True, 1, "1", "true", "yes") if is_fake else (False, 0, "0", "false", "no"))]
        flat += [{"fake": is_fake}, {"authentic": not is_fake}, {"real": not is_fake}, {"is_real": int(not is_fake)}, {"ai_generated": is_fake},
                 {"deepfake": "yes" if is_fake else "no"}, {"verdict": [side]}, {"verdict": {"label": side}}, {"verdict": side.upper()},
                 {"verdict": f"not {other}"}, {"verdict": f"The image is {side}."}, {"result": {"verdict": side}}, {"label": side},
                 {"verdict": "AI-generated" if is_fake else "authentic"}]
        for data in flat:
            yield Case(json.dumps(data), side, "json")
        reasons = "In a real photo the shadow would bend." if is_fake else "A fake image would show seams."
        full: list[dict[str, object]] = [
            {"verdict": side, "boxes": [], "reasons": [reasons]}, {"reasons": [f"At first it looks {other}.", reasons], "verdict": side},
            {"verdict": side, "regions": [{"verdict": other, "bbox": [1, 2, 30, 40]}]}, {"regions": [{"label": other, "bbox": [1, 2, 30, 40]}], "verdict": side},
            {"clues": {"hands": {"verdict": other}}, "verdict": side}, {"verdict": side, "explanation": f"The sky looks {other}."},
            {"verdict": side, "confidence": 0.3}, {"verdict": side, "reasons": {"hands": "fused", "text": other}},
            {"verdict": side, "reasons": [{"region": "hand", "reason": f"looks {other}"}]},
        ]
        for data in full:
            yield Case(json.dumps(data), side, "json, full")
            yield Case(json.dumps(data), side, "json, full", form="json")
            yield Case(f"```json\n{json.dumps(data, indent=2)}\n```", side, "json, fenced", form="json")
            yield Case(f"Here is my answer.\n```json\n{json.dumps(data)}\n```\nUnlike a {other} photo, it has {'odd' if is_fake else 'natural'} edges.", side, "json, text around")
            yield Case(str(data), side, "json, single quotes")
        yield from _loose_json(side)
    for text in ('{"is_fake": true, "is_real": true}', '{"verdict": "fake", "is_fake": false}', '{"real": 0.5, "fake": 0.5}', '{"confidence": 0.97}',
                 '{"verdict": "real or fake"}', '{"verdict": ["real", "fake"]}', '{"verdict": ""}', '{"verdict": "n/a"}', '{"verdict": {"label": null}}',
                 '{"question": "Is this image fake?"}', '{"options": ["real", "fake"]}', '{"verdict": "undetermined", "reasons": ["looks real"]}', "[]", "null"):
        yield Case(text, "open", "json, open")


def _loose_json(side: str) -> Iterator[Case]:
    other, big, small = OTHER[side], 0.93, 0.07
    yield Case(json.dumps({"probabilities": {other: small, side: big}}), side, "json, numbers", plain=False)
    yield Case(json.dumps({other: small, side: big}), side, "json, numbers")
    yield Case(json.dumps({f"{side}_probability": big}), side, "json, numbers", plain=False)
    yield Case(json.dumps({f"{other}_probability": small}), side, "json, numbers", plain=False)
    yield Case(f'Draft: {{"verdict": "{other}"}}\nFinal: {{"verdict": "{side}"}}', side, "json, draft")
    yield Case(f'<think>{{"verdict": "{other}"}} no, that is wrong.</think>{{"verdict": "{side}"}}', side, "json, draft", form="json")
    yield Case(f'{{"verdict": "{side}", "boxes": [],}}', side, "json, loose")
    yield Case(f'{{verdict: "{side}"}}', side, "json, loose", plain=False)
    yield Case(f'[{{"verdict": "{side}"}}]', side, "json, loose", plain=False)
    yield Case(f'{{"verdict": "{side}", "reasons": ["cut off in the', side, "json, cut off", plain=False)
    yield Case(f'{{\n  "Verdict": "{side.capitalize()}"\n}}', side, "json, loose")
    yield Case(f'JSON: {{"verdict": "{side}"}} I hope this helps!', side, "json, text around")


def tags() -> Iterator[Case]:
    """Yield tags: around a word, a sentence, JSON, with thoughts before them."""
    for side in ("fake", "real"):
        other = OTHER[side]
        for tag in ("answer", "verdict", "label", "conclusion", "final_answer", "Answer"):
            yield Case(f"<{tag}>{side}</{tag}>", side, "tags")
            yield Case(f"The sky looks {other} at first.\n<{tag}> {side.upper()} </{tag}>", side, "tags")
        for inner in (side, f"\n{side.capitalize()}\n", f"This image is not {other}.", f"The image is {side}.", f'{{"verdict": "{side}"}}', f"**{side}**"):
            yield Case(f"<answer>{inner}</answer>", side, "tags, form", form="tags")
            yield Case(f"<think>It looks {other}. So the answer is {other}? No.</think>\n<answer>{inner}</answer>", side, "tags, form", form="tags")
        for text in (f"\\boxed{{{side}}}", f"$\\boxed{{\\text{{{side.capitalize()}}}}}$", f"The answer is $\\boxed{{{side}}}$.", f"<|begin_of_box|>{side}<|end_of_box|>",
                     f"<think>Maybe <answer>{other}</answer>?</think><answer>{side}</answer>", f"<think>\\boxed{{{other}}}</think>\\boxed{{{side}}}"):
            yield Case(text, side, "tags, boxed")
    for text in ("<answer></answer>", "<answer>real or fake</answer>", "<verdict>unknown</verdict>", "\\boxed{}", "\\boxed{?}", "<answer>real | fake</answer>"):
        yield Case(text, "open", "tags, open")


THOUGHTS = (
    "<think>{t}</think>\n{a}", "<think>\n{t}\n</think>\n\n{a}", "{t}</think>{a}", "◁think▷{t}◁/think▷{a}", "[THINK]{t}[/THINK]{a}", "<reasoning>{t}</reasoning>{a}",
    "<thought>{t}</thought>{a}", "<thinking>{t}</thinking>\n{a}", "<analysis>{t}</analysis>{a}", "<seed:think>{t}</seed:think>{a}",
    "<|begin_of_thought|>{t}<|end_of_thought|>\n<|begin_of_solution|>{a}<|end_of_solution|>", "<THINK>{t}</THINK> {a}",
    "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>final<|message|>{a}<|return|>", "<think>{t}</think><answer>{a}</answer>",
    "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>final<|message|>{a}",
)
END_TOKENS = ("</s>", "<|im_end|>", "<end_of_turn>", "<|endoftext|>", "<|eot_id|>", "<eos>", "<|end|>", "<|end_of_sentence|>", "<｜end▁of▁sentence｜>", "<|im_end|>\n<|endoftext|>", "[/INST]", "<|eom_id|>")
MARKUP = (
    "**{a}**", "# {a}", "### {a}", "> {a}", "[{a}]", "`{a}`", "__{a}__", "- {a}", "1. {a}", "<b>{a}</b>", "<p>{a}</p>", "({a})", "“{a}”", "***{a}***", "*{a}*", "=={a}==",
    "👉 {a}", "✅ {a}", "「{a}」", "```\n{a}\n```", "{a}\n\n---", "| {a} |", "\n\n{a}\n\n", "  {a}  ", "‘{a}’", "«{a}»", "• {a}", "> **{a}**", "[{a}]\n", "\ufeff{a}", "{a}\u200b",
    "<i>{a}</i>", "→ {a}", "```text\n{a}\n```", "**Verdict:** {a}", "## Verdict\n{a}", "| Verdict | {a} |", "| Verdict |\n|---|\n| {a} |", "Verdict:\n\n> {a}", "{a}<br>",
)


def dressed() -> Iterator[Case]:
    """Yield the same answers with thoughts of the other side, end tokens and markup around them."""
    for side in ("fake", "real"):
        other = OTHER[side]
        drafts = (f"It looks {other}. The image is {other}. The answer must be {other}.", f"Real or fake? {other}, I'd say.\n\nVerdict: {other}")
        answers = (side.capitalize(), f"This is a {side} image.", f"The image is not {other}.")
        for turn, form in enumerate(THOUGHTS):
            for draft in drafts:
                yield Case(form.format(t=draft, a=answers[turn % 3]), side, "thought")
        for token in END_TOKENS:
            yield Case(f"{side}{token}", side, "end token")
            yield Case(f"This is a {side} image. Unlike a {other} one, it has a frame.{token}", side, "end token", form="fakevlm")
        for turn, form in enumerate(MARKUP):
            yield Case(form.format(a=side.capitalize()), side, "markup")
            yield Case(form.format(a=answers[1 + turn % 2]), side, "markup")
        yield Case(f"| Criterion | Finding |\n|---|---|\n| Lighting | looks {other} |\n| Hands | five |\n| Verdict | {side.capitalize()} |", side, "markup, table")
        yield Case(f"~~{other}~~ {side}", side, "markup, struck", plain=False)
        yield Case(f"A. Real\nB. Fake\n\nAnswer: {'AB'[side == 'fake']}", side, "letters", plain=False)
        yield Case(f"<think>The image is {side}. I should check the", "open", "thought, cut off")
        yield Case(f"◁think▷ So it is {side}", "open", "thought, cut off")
        yield Case(f"<think>The image is {side}.</think>", "open", "thought only")


def yes_no() -> Iterator[Case]:
    """Yield yes and no: with a known meaning in the published form, and without one."""
    says = {
        True: ("Yes", "Yes.", "yes", "YES!", "**Yes**", "Yes, it is.", "Yes, I am quite sure.", "Yes, I think so.", "<think>No? No.</think>Yes", "Answer: yes", "Yes</s>", "是", "はい", "Ja.", "Oui.", "Sí.", "Да."),
        False: ("No", "No.", "no", "NO!", "**No**", "No, it is not.", "No, not at all.", "No, I don't think so.", "<think>Yes? Yes.</think>No", "Answer: no", "No</s>", "否", "いいえ", "Nein.", "Non.", "No, en absoluto.", "Нет."),
    }
    for side in ("fake", "real"):
        for value, texts in says.items():
            truth = side if value else OTHER[side]
            for text in texts:
                yield Case(text, truth, "yes/no", plain=text.isascii(), form="yes_no", yes=side)
        yield Case(f"Yes, it is {side}.", side, "yes/no, stated", form="yes_no", yes=side)
        yield Case(f"No, it is {OTHER[side]}.", OTHER[side], "yes/no, stated", form="yes_no", yes=side)
        yield Case(f"No, it is not {side}.", OTHER[side], "yes/no, stated", form="yes_no", yes=side)
        yield Case(f"Yes, this is a {side} image.", side, "yes/no, stated")
        yield Case(f"No, this is a {side} image.", side, "yes/no, stated")
        for text in ("Yes and no.", "Maybe.", "Yes or no?", "I cannot say yes or no.", "It depends.", ""):
            yield Case(text, "open", "yes/no, open", form="yes_no", yes=side)
    for text in ("Yes.", "No.", "yes", "Yes, I think so.", "No, it is not.", "Oui", "はい"):
        yield Case(text, "open", "yes/no, unknown")


def structures() -> Iterator[Case]:
    """Yield every answer of this module."""
    yield from chain(fields(), percentages(), json_answers(), tags(), dressed(), yes_no())
