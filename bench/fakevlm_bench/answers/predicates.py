# ruff: noqa: E501, SIM905
"""Whether a word for real or fake is said of the image, in languages other than English.

"Echtes Leder", "un billete falso", "поддельная купюра" name a thing in the picture; "echte Fotos
haben Rauschen" speaks of images in general. A word counts only where it hangs on a noun for this
image, on a pronoun, or on nothing but words that carry a sentence.
"""

from __future__ import annotations

import re

from fakevlm_bench.answers.tongues import Tongue

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_CARRIERS = {
    "de": (
        "der die das den dem des ein eine einen einer einem eines es er sie ist war sei sind wurde "
        "worden wird ich wir halte halten für als eher mehr sehr ganz völlig eindeutig klar sicher "
        "definitiv wahrscheinlich vermutlich offensichtlich offenbar wohl nicht kein keine keinen "
        "keiner keinem keines keineswegs und oder aber sondern auch nur noch doch ja nein dies dieses "
        "diese dieser hier handelt sich um von durch mit einer zu sein scheint wirkt sieht aus "
        "leider nie niemals auf keinen fall in weise absolut tatsächlich jedoch daher deshalb somit "
        "also folglich insgesamt meine meiner meinung nach urteil antwort fazit alles andere "
        "bestimmt zweifellos ohne zweifel höchstwahrscheinlich ziemlich recht so vielmehr hundertprozentig "
        "glaube denke meine finde dass komplett vollständig rein digital statt sehen wir uns offenkundig weit entfernt mehr"
    ),
    "fr": (
        "le la les l' un une des du de d' est sont était soit semble paraît a été être n'est pas ne n' "
        "c'est ce cette cet ceci cela il elle s'agit je pense crois que qu' plutôt plus très bien tout "
        "entièrement clairement probablement sûrement certainement évidemment manifestement donc mais "
        "et ou en fait réalité non oui par avec une ia comme sans doute aucun cas loin d'être vraiment "
        "totalement absolument malheureusement verdict réponse conclusion résultat il s'agit n'a d'une d'un moins "
        "complètement purement image juge considère là sont dire dirais assez peu aucunement rien"
    ),
    "es": (
        "el la los las un una unos unas de del es son está fue ha sido ser sea parece no ni y o pero "
        "sino se trata creo que como más bien muy claramente probablemente seguramente evidentemente "
        "totalmente completamente en realidad esto esta este ella por con ia manera ninguna absoluto "
        "veredicto respuesta conclusión resultado además también sí es considero diría obviamente "
        "definitivamente tan menos lejos auténticamente absolutamente desgraciadamente lamentablemente hecho así casi algo puramente modo alguno una"
    ),
    "ru": (
        "это не ни в коем случае является выглядит кажется было была были есть я мы считаю думаю что "
        "скорее всего чем очень явно точно определённо определенно вероятно наверное конечно "
        "несомненно безусловно и или но а да нет вовсе отнюдь далеко просто полностью здесь перед "
        "нами вывод ответ вердикт итог оно она он увы сожалению к настоящее также вообще никак абсолютно итоговый окончательный результат на самом деле уверен уверена"
    ),
}  # fmt: skip
_KNOWN = {name: frozenset(words.split()) for name, words in _CARRIERS.items()}
_PLURAL = {
    "de": re.compile(r"fotos|bilder|bildern|aufnahmen|fotografien"),
    "fr": re.compile(r"photos|images|clichés|photographies"),
    "es": re.compile(r"fotos|imágenes|fotografías|capturas"),
    "ru": re.compile(r"(?!)"),
}
_SINGULAR = frozenset("eines des dieses einem ein estas estos ces diese".split())
_RUSSIAN_PLURAL = re.compile(r"(?:ые|ие|ых|их)$")
_JAPANESE_THING = re.compile(
    r"^の(?!写真|画像|映像|動画|よう|もの|可能性|イメージ|スナップ|です|だ|で|はず|痕跡|兆候|跡|形跡|一種)"
)
_JAPANESE_GENERAL = re.compile(r"^(?:の)?(?:写真|画像|映像)?(?:に|で)は(?!あり|な[いくし])")
_CHINESE_THING = re.compile(
    r"^的?(?!图|照|影|画|相|视|截|的|性)[皮钞花发牙币酒货药包钱物草树雪人脸]"
)


def said_of(tongue: Tongue, clause: str, begin: int, stop: int) -> str:
    """Say what a label is said of.

    Args:
        tongue: The language.
        clause: The clause in lower case.
        begin: Where the label begins in it.
        stop: Where it ends.

    Returns:
        ``image``; ``thing`` for something else; ``general`` for images in general; ``sentence``
        where only words that carry a sentence stand around it.
    """
    if tongue.name == "ja":
        after = clause[stop:]
        if _JAPANESE_GENERAL.search(after):
            return "general"
        return "thing" if _JAPANESE_THING.search(after) else "image"
    if tongue.name == "zh":
        return "thing" if _CHINESE_THING.search(clause[stop:]) else "image"
    return _in_letters(tongue, clause, begin, stop)


def _in_letters(tongue: Tongue, clause: str, begin: int, stop: int) -> str:
    before = _WORD.findall(clause[max(0, begin - 60) : begin])
    after = _WORD.findall(clause[stop : stop + 60])
    near = after[0] if after else ""
    plural = _PLURAL[tongue.name]
    if plural.fullmatch(near) or (
        tongue.name in ("fr", "es") and before and plural.fullmatch(before[-1])
    ):
        determiner = before[-1] if before else ""
        if determiner not in _SINGULAR:
            return "general"
    if tongue.name == "ru" and _RUSSIAN_PLURAL.search(clause[begin:stop]) and near:
        return "general"
    if near and not _carries(tongue, near):
        return "thing"
    if tongue.name in ("fr", "es") and before and not _carries(tongue, before[-1]):
        return "thing"
    rest = [word for word in (*before, *after) if not _carries(tongue, word)]
    return "image" if rest else "sentence"


def _carries(tongue: Tongue, word: str) -> bool:
    """Say whether a word is one for the image, a label, or one that carries a sentence."""
    if word in _KNOWN[tongue.name] or len(word) < 2:
        return True
    patterns = (
        tongue.image,
        tongue.fake,
        tongue.real,
        tongue.no,
        tongue.turn,
        tongue.concede,
        tongue.than,
    )
    if any(pattern.fullmatch(word) for pattern in patterns):
        return True
    piece = word.rsplit("'", maxsplit=1)[-1]
    return piece != word and _carries(tongue, piece)
