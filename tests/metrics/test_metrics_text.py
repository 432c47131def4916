import itertools

import nltk.translate.meteor_score as nltk_meteor
import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.translate.bleu_score import corpus_bleu as nltk_bleu
from pycocoevalcap.cider.cider_scorer import CiderScorer
from rouge_score import rouge_scorer
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from fakevlm_bench.metrics import ngrams, tokens
from fakevlm_bench.metrics.explanation_floors import template
from fakevlm_bench.metrics.meteor import (
    Meteor,
    load_wordnet,
    meteor,
)
from fakevlm_bench.metrics.rouge import ROUGES, rouge

# Little alphabets make n-grams repeat; odd pieces are what tokenizers trip over.
PIECE = st.sampled_from(
    ["the", "cat", "cats", "running", "3.5", "5.", ".5", ",", "e.g.", "1-2", "a-b", "-", "(x)",
     "&quot;", "&amp;", "Straße", "\u00a0.", "x\u2028y", "<skipped>",
     "-\n", "\n", "光", "$9,000.",
     "🙂"]
)  # fmt: skip
TEXT = st.lists(PIECE, max_size=14).map(" ".join) | st.text(max_size=25)
CORPUS = st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=5)


def count(corpus, tokenizer="13a"):
    answers, references = zip(*corpus, strict=True)
    return ngrams.count(answers, references, tokens.Vocabulary(tokenizer))


def columns_of_references(corpus):
    """References as sacrebleu wants them: as many lists as the sample with most has."""
    return [list(column) for column in itertools.zip_longest(*(refs for _, refs in corpus))]


@given(CORPUS, st.sampled_from(tokens.TOKENIZERS))
@settings(max_examples=300, deadline=None)
def test_corpus_bleu_agrees_with_sacrebleu(corpus, tokenizer):
    sums = ngrams.bleu_columns(count(corpus, tokenizer)).sum(axis=0)[None]
    answers, references = [a for a, _ in corpus], columns_of_references(corpus)
    for order in (1, 2, 3, 4):
        for smooth, method in ((True, "exp"), (False, "none")):
            judge = sacrebleu.BLEU(tokenize=tokenizer, max_ngram_order=order, smooth_method=method)
            expected = judge.corpus_score(answers, references).score / 100
            mine = ngrams.bleu(sums, order, smooth=smooth)[0]
            assert mine == pytest.approx(expected, abs=1e-9), (order, method)


def test_unsmoothed_bleu_agrees_with_nltk_on_13a_tokens():
    rng = np.random.default_rng(0)
    words = np.array(["a", "b", "c", "d", "e", "f,", "g.", "h-i", "3.5", "(j)"], dtype=object)
    corpus = [
        (" ".join(rng.choice(words, 30)), [" ".join(rng.choice(words, 25)) for _ in range(3)])
        for _ in range(40)
    ]
    cut = Tokenizer13a()
    references = [[cut(text).split() for text in refs] for _, refs in corpus]
    expected = nltk_bleu(references, [cut(a).split() for a, _ in corpus])
    sums = ngrams.bleu_columns(count(corpus)).sum(axis=0)[None]
    assert ngrams.bleu(sums)[0] == pytest.approx(expected, abs=1e-9)


@given(CORPUS)
@settings(max_examples=200, deadline=None)
def test_cider_d_agrees_with_pycocoevalcap(corpus):
    cut = Tokenizer13a()
    scorer = CiderScorer(n=4, sigma=6.0)
    for answer, references in corpus:
        scorer += (cut(answer.rstrip()), [cut(text.rstrip()) for text in references])
    _, expected = scorer.compute_score() if any_gram(scorer) else (0, np.zeros(len(corpus)))
    assert ngrams.cider_d(count(corpus)) == pytest.approx(expected, abs=1e-9)


def any_gram(scorer):
    """Its own code fails where no reference has a single word."""
    return any(ref for refs in scorer.crefs for ref in refs)


LATIN = st.characters(max_codepoint=0x24F) | st.sampled_from("„“’–—…•€×ﬁ\u00a0\u2028ẞỄ🙂µ")
LATIN_TEXT = st.lists(PIECE.filter(lambda p: p != "光"), max_size=14).map(" ".join) | st.text(
    LATIN, max_size=25
)
LATIN_CORPUS = st.lists(
    st.tuples(LATIN_TEXT, st.lists(LATIN_TEXT, min_size=1, max_size=3)), min_size=1, max_size=5
)


@given(LATIN_CORPUS)
@settings(max_examples=300, deadline=None)
def test_rouge_agrees_with_rouge_score_on_latin_letters(corpus):
    answers, references = zip(*corpus, strict=True)
    mine = rouge(answers, references)
    judge = rouge_scorer.RougeScorer(list(ROUGES.values()), use_stemmer=True)
    for k, (answer, texts) in enumerate(corpus):
        expected = judge.score_multi(texts, answer)
        for name, kind in ROUGES.items():
            assert mine[name][k] == pytest.approx(expected[kind].fmeasure, abs=1e-9)


def test_chinese_gets_a_tokenizer_that_suits_it():
    answers, references = ["图像的边缘不自然。"], [["图像的阴影不自然。"]]
    assert tokens.choose_tokenizer(references) == "zh"
    assert tokens.choose_tokenizer([["the edge"], ["光", "x"], ["light"]]) == "13a"
    assert 0.6 < rouge(answers, references, "13a")["rouge_1"][0] < 1, "as a few among English"
    assert 0.6 < rouge(answers, references, "zh")["rouge_1"][0] < 1
    corpus = ngrams.count(answers, references, tokens.Vocabulary("zh"))
    judged = sacrebleu.corpus_bleu(answers, [references[0]], tokenize="zh").score
    sums = ngrams.bleu_columns(corpus)
    assert 100 * ngrams.bleu(sums, smooth=True)[0] == pytest.approx(judged, abs=1e-9)


def test_a_chinese_figure_says_which_tokenizer_it_has(make_run):
    from fakevlm_bench.metrics import Settings, explanation
    from fakevlm_bench.metrics.stats import Resamples

    references = [["图像的阴影不自然。"], ["边缘模糊。"]]
    scorer = explanation.Scorer(Settings(minimum=1, resamples=5))
    part = Resamples([0, 0], ["a", "b"], 5)
    found = scorer.figures(["图像的边缘不自然。", "边缘。"], references, part)
    assert "tok:zh" in found["signature"]["bleu"]
    assert "tok:zh" in found["signature"]["cider_d"]
    assert "characters" in found["signature"]["rouge"]
    assert "absent" in found["meteor"]
    assert found["rouge_1"]["value"] > 0.5


def test_the_table_says_how_texts_were_compared(make_run):
    from fakevlm_bench.metrics import Settings, compute
    from fakevlm_bench.report.terminal import as_text

    lines = as_text(compute(make_run(60, ("clean",)), Settings(resamples=5))).splitlines()
    assert sum("bleu: nrefs:var|case:mixed|eff:no|tok:13a" in line for line in lines) == 2
    assert max(map(len, lines)) <= 100


def test_the_best_of_a_hundred_thousand_references_is_found():
    rng = np.random.default_rng(0)
    words = np.array([f"w{k}" for k in range(500)], dtype=object)
    drawn = rng.integers(0, 500, (100_000, 8))
    references = [" ".join(words[row]) for row in drawn]
    answers = [references[77_777], "nothing of this kind"]
    corpus = ngrams.count(answers, [references, references[:1]], tokens.Vocabulary("13a"))
    columns = ngrams.bleu_columns(corpus)
    assert columns[0].tolist() == [8, 7, 6, 5, 8, 7, 6, 5, 8, 8]
    assert columns[1, :4].tolist() == [0, 0, 0, 0]
    assert rouge(answers, [references, references[:1]])["rouge_l"].tolist() == [1, 0]


EMPTY = [("", ["a b c d"]), ("  ", ["a b c d"]), ("a b c d", ["   "])]


@pytest.mark.parametrize("pair", EMPTY)
def test_empty_texts_never_look_good(pair):
    corpus = count([pair])
    sums = ngrams.bleu_columns(corpus)
    assert ngrams.bleu(sums, smooth=True)[0] == 0
    assert ngrams.cider_d(corpus)[0] == 0
    assert all(values[0] == 0 for values in rouge([pair[0]], [pair[1]]).values())


WORD = st.sampled_from(
    ["car", "auto", "automobile", "drive", "drives", "driving", "big", "large", "the", "a", "quick",
     "quickly", "fast", "picture", "image", "Picture", "depict", "depicts", "show", "hand", "hands"]
)  # fmt: skip
SENTENCE = st.lists(WORD, max_size=12)


@given(st.lists(st.tuples(SENTENCE, st.lists(SENTENCE, min_size=1, max_size=2)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_meteor_agrees_with_nltk(wordnet, corpus):
    scorer = Meteor(wordnet)
    answers = [" ".join(answer) for answer, _ in corpus]
    references = [[" ".join(text) for text in texts] for _, texts in corpus]
    mine = meteor(answers, references, scorer) if corpus else []
    for value, (answer, texts) in zip(mine, corpus, strict=True):
        expected = nltk_meteor.meteor_score(texts, answer, wordnet=wordnet)
        assert value == pytest.approx(expected, abs=1e-9)


def test_meteor_knows_synonyms_where_wordnet_is_there(wordnet):
    assert load_wordnet() is not None
    found = meteor(["the car stops"], [["the auto stops"]], Meteor(wordnet))
    assert found[0] > 0.9


def test_meteor_is_absent_by_name_without_wordnet(monkeypatch, make_run):
    from fakevlm_bench.metrics import Settings, explanation
    from fakevlm_bench.metrics import meteor as module
    from fakevlm_bench.metrics.stats import Resamples

    monkeypatch.setattr(module, "load_wordnet", lambda: None)
    scorer = explanation.Scorer(Settings(minimum=1, resamples=5))
    found = scorer.figures(["a"], [["a"]], Resamples([0], ["g"], 5))
    assert "nltk.downloader wordnet" in found["meteor"]["absent"]


def test_the_template_is_the_candidate_with_the_best_mean():
    references = [["the sky is blue"], ["the sky is grey"], ["the sky is red"], ["birds sing"]]
    chosen = template(references)
    judge = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
    means = {
        text: np.mean([judge.score(r[0], text)["rougeL"].fmeasure for r in references])
        for (text,) in references
    }
    assert means[chosen] == max(means.values())
