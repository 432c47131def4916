"""Texts in other scripts than the Latin one: what is the same scores 1, what is not does not."""

import numpy as np
import pytest
import sacrebleu
from rouge_score import rouge_scorer

from fakevlm_bench.metrics import Settings, drift, explanation, ngrams, tokens
from fakevlm_bench.metrics.rouge import ROUGES, rouge
from fakevlm_bench.metrics.stats import Resamples

SAME = {  # language: tokenizer, text, another text that shares its first word or character only
    "English": ("13a", "The shadow falls on the wrong side of the tree.", "The sky is blue."),
    "German": ("13a", "Der Schatten fällt auf die falsche Seite.", "Der Himmel ist blau."),
    "Vietnamese": ("13a", "Bóng đổ sai phía so với ánh sáng.", "Bóng đèn tắt."),
    "Russian": ("intl", "Тень падает не на ту сторону дерева.", "Тень исчезла вчера."),
    "Ukrainian": ("intl", "Об'єкт відкидає тінь не в той бік.", "Об'єкт зник."),
    "Greek": ("intl", "Η σκιά πέφτει στη λάθος πλευρά του δέντρου.", "Η μέρα είναι ζεστή."),
    "Arabic": ("intl", "الظل يقع على الجانب الخطأ من الشجرة؟", "الظل جميل."),
    "Persian": ("intl", "سایه می\u200cافتد سمت اشتباه درخت.", "سایه نیست."),
    "Hebrew": ("intl", "הצל נופל בצד הלא נכון של העץ.", "הצל נעלם."),
    "Hindi": ("intl", "छाया पेड़ की गलत तरफ पड़ती है।", "छाया नहीं।"),
    "Bengali": ("intl", "ছায়া গাছের ভুল দিকে পড়েছে।", "ছায়া নেই।"),
    "Tamil": ("intl", "நிழல் மரத்தின் தவறான பக்கத்தில் விழுகிறது.", "நிழல் இல்லை."),
    "Georgian": ("intl", "ჩრდილი ხის არასწორ მხარეს ეცემა.", "ჩრდილი არ არის."),
    "Armenian": ("intl", "Ստվերը ընկնում է ծառի սխալ կողմում։", "Ստվերը չկա։"),
    "Amharic": ("intl", "ጥላው በዛፉ የተሳሳተ ጎን ላይ ይወድቃል።", "ጥላው የለም።"),
    "Korean": ("intl", "그림자가 나무의 잘못된 쪽에 있다.", "그림자가 없다."),
    "Chinese": ("zh", "阴影落在树的错误一侧。", "阴天。"),
    "Japanese": ("char", "影が木の間違った側に落ちている。", "影絵です。"),
    "Katakana": ("char", "シャドーがまちがっています。", "シャドーか。"),
    "Thai": ("char", "เงาตกผิดด้านของต้นไม้", "เรา"),
    "Lao": ("char", "ເງົາຕົກຜິດດ້ານຂອງຕົ້ນໄມ້", "ເຮົາ"),
    "Khmer": ("char", "ស្រមោលធ្លាក់ខុសជ្រុងនៃដើមឈើ", "សូម"),
    "Burmese": ("char", "အရိပ်သည်သစ်ပင်၏မှားယွင်းသောဘက်တွင်ကျသည်", "အမေ"),
}
SCRIPTS = pytest.mark.parametrize("language", SAME)


@SCRIPTS
def test_the_tokenizer_fits_the_script(language):
    assert tokens.choose_tokenizer([[SAME[language][1]]]) == SAME[language][0]


@SCRIPTS
def test_equal_texts_score_1_and_others_little(language):
    name, text, other = SAME[language]
    for cut in {name, "13a", "intl"}:
        values = rouge([text, other], [[text], [text]], cut)
        assert all(found[0] == 1 for found in values.values()), (cut, values)
        assert values["rouge_l"][1] < 0.5, cut
        assert values["rouge_1"][1] > 0, cut
    corpus = ngrams.count([text], [[text]], tokens.Vocabulary(name))
    assert ngrams.bleu(ngrams.bleu_columns(corpus))[0] == pytest.approx(1)


@SCRIPTS
def test_bleu_is_sacrebleus_with_the_named_tokenizer(language):
    name, text, other = SAME[language]
    expected = sacrebleu.corpus_bleu([text, other], [[other, text]], tokenize=name).score
    counted = ngrams.count([text, other], [[other], [text]], tokens.Vocabulary(name))
    sums = ngrams.bleu_columns(counted).sum(axis=0)[None]
    assert 100 * ngrams.bleu(sums, smooth=True)[0] == pytest.approx(expected, abs=1e-9)


class Spaces:
    """Words between spaces, without the marks at their ends: right for the texts below."""

    def tokenize(self, text):
        return [word.strip(".,!").casefold() for word in text.split()]


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ("Тень падает на левую сторону.", "Тень падала на левую, тёмную сторону."),
        ("Η σκιά πέφτει αριστερά", "Η ΣΚΙΆ δεν πέφτει αριστερά"),
        ("그림자가 왼쪽에 있다", "그림자가 오른쪽에 있다"),
        ("छाया बाईं ओर है", "छाया दाईं ओर है"),
    ],
)
def test_words_of_other_scripts_agree_with_rouge_score_on_the_same_words(answer, reference):
    kinds = ROUGES
    judge = rouge_scorer.RougeScorer(list(kinds.values()), tokenizer=Spaces())
    expected = judge.score(reference, answer)
    found = rouge([answer], [[reference]], "intl")
    for name, kind in kinds.items():
        assert 0 < found[name][0] < 1 or name == "rouge_2"
        assert found[name][0] == pytest.approx(expected[kind].fmeasure), name


def test_composed_and_decomposed_letters_are_the_same_word():
    assert rouge(["Чёрный й"], [["Че\u0308рный и\u0306"]], "intl")["rouge_l"][0] == 1
    assert rouge(["ΟΔΟΣ"], [["οδος"]], "intl")["rouge_l"][0] == 1, "Greek's final sigma"


def test_a_text_of_two_scripts_keeps_both():
    mixed = "Тень от Stable Diffusion падает 阴影 слева"
    assert rouge([mixed], [[mixed]], "13a")["rouge_l"][0] == 1
    half = rouge(["Stable Diffusion"], [[mixed]], "13a")["rouge_1"][0]
    assert half == pytest.approx(2 * 2 / (2 + 8)), "two words of eight: 阴 and 影 are one each"
    assert rouge(["Тень"], [["shadow"]], "13a")["rouge_1"][0] == 0


def test_samples_in_the_minority_script_are_scored_too():
    texts = [SAME[name][1] for name in ("English", "English", "English", "Russian", "Thai")]
    assert tokens.choose_tokenizer([[text] for text in texts]) == "13a"
    assert (rouge(texts, [[text] for text in texts], "13a")["rouge_l"] == 1).all()


@pytest.mark.parametrize(
    ("references", "name"),
    [
        ([], "13a"),
        ([[]], "13a"),
        ([["123 !?"]], "13a"),
        ([["生成 by Stable Diffusion"]], "13a"),
        ([["这张图片由 Stable Diffusion 生成,阴影错误"]], "zh"),
        ([["한국의 漢字 그림자 사진이다"]], "intl"),
        ([["shadow"], ["тень"]], "13a"),
        ([["тень"], ["тень"], ["shadow"]], "intl"),
        ([["阴影"], ["тень"], ["тень"], ["123"], ["..."], ["?"]], "intl"),
    ],
)
def test_the_tokenizer_is_that_of_most_samples(references, name):
    assert tokens.choose_tokenizer(references) == name


def test_figures_of_another_language_name_the_tokenizer_and_leave_out_what_is_english():
    text, other = SAME["Russian"][1:]
    scorer = explanation.Scorer(Settings(minimum=1, resamples=5))
    part = Resamples([0] * 12, [f"g{k}" for k in range(12)], 5)
    found = scorer.figures([text] * 11 + [other], [[text]] * 12, part)
    assert found["rouge_l"]["value"] > 0.9
    assert "tok:intl" in found["signature"]["bleu"]
    assert "tok:intl" in found["signature"]["cider_d"]
    assert "UAX 29" in found["signature"]["rouge"]
    assert "absent" in found["meteor"]


def test_an_english_encoder_does_not_judge_other_languages(monkeypatch):
    class Stub:
        name = "all-MiniLM-L6-v2"

    monkeypatch.setattr(explanation.semantic, "Encoder", lambda _: Stub())
    scorer = explanation.Scorer(Settings(minimum=1, resamples=5, semantic=True))
    text = SAME["Hebrew"][1]
    found = scorer.figures([text], [[text]], Resamples([0], ["a"], 5))
    assert "English" in found["css"]["absent"]
    assert "English" in found["bertscore_f1"]["absent"]
    assert "css" not in found["signature"]


@pytest.mark.parametrize(
    ("texts", "english"),
    [
        (["The shadow falls left.", "Edges of a naïve façade."], True),
        (["The shadow — “odd” – falls left…", "5 µm, 3 °C"], True),
        (["Der Schatten fällt falsch.", "Die Ränder sind unnatürlich."], False),
        (["Bóng đổ sai phía.", "Cạnh mờ."], False),
        (["Тень падает.", "Край."], False),
        (["影が間違っている。"], False),
    ],
)
def test_english_figures_are_for_what_may_be_english(texts, english):
    assert tokens.may_be_english([[text] for text in texts]) == english


@SCRIPTS
def test_an_explanation_that_stays_has_not_drifted(language):
    import pandas as pd

    _, text, other = SAME[language]
    clean = pd.DataFrame({"status": "ok", "explanation": [text, text]})
    now = pd.DataFrame({"status": "ok", "explanation": [text + " ", other]})
    moved = drift.explanation_drift(clean, now)
    assert moved[0] == 0
    assert 0.5 < moved[1] < 1
    assert not np.isnan(moved).any()
