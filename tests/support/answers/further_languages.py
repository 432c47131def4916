# ruff: noqa: E501
# fmt: off
"""Further answers in Chinese, Japanese, German, French, Spanish and Russian, with their readings.

Comparison, concession, negation of compounds, fields, and what is said of things in the picture or
of images in general, which decides nothing.
"""

from collections.abc import Iterator

from support.answers.sentence_forms import Case

ANSWERS = {
    "fr": {
        "fake": ("Plutôt fausse que réelle.", "L'image est plutôt fausse que réelle.", "C'est une image synthétique.", "Image synthétique.", "Plutôt artificielle qu'authentique.", "Plus fausse que vraie.", "Aussi réelle qu'elle paraisse, cette image est fausse.",
                 "Au lieu d'une vraie photo, il s'agit d'une image générée.", "Loin d'être authentique, cette image est générée par IA.", "Il ne s'agit pas d'une vraie photo.", "Verdict final : fausse", "Réponse finale : image générée par IA", "Réelle ? Non.", "L'image n'est en aucun cas authentique.", "Ce n'est en aucun cas une vraie photo."),
        "real": ("Plutôt réelle que fausse.", "L'image est plutôt réelle que fausse.", "Plutôt authentique qu'artificielle.", "Aussi fausse qu'elle paraisse, cette image est réelle.", "Il ne s'agit pas d'une image générée.", "Verdict final : authentique", "L'image n'est en aucun cas fausse.", "Fausse ? Non."),
        "open": ("Les vraies photos ont du grain.", "La femme porte une fausse fourrure.", "Le sac est en vrai cuir.", "On voit un faux billet sur la table.", "Les images synthétiques ont souvent des mains étranges.", "Un faux plafond couvre la pièce.", "Le vrai problème est la lumière.", "Il y a des fleurs artificielles dans le vase.", "Selon la légende, la photo est authentique."),
    },
    "es": {
        "fake": ("Más bien falsa que real.", "La imagen es más bien falsa que real.", "Más falsa que real.", "Por muy real que parezca, la imagen es falsa.", "En lugar de una foto real, es una imagen generada.", "La imagen no es en absoluto real.", "Veredicto final: falsa", "Respuesta final: generada por IA", "De ninguna manera es una foto real.",
                 "Lejos de ser auténtica, la imagen es falsa.", "No se trata de una foto real.", "Se trata de una imagen falsa.", "¿Real? No.", "Imagen sintética."),
        "real": ("Más bien real que falsa.", "La imagen es más bien real que falsa.", "Más real que falsa.", "Por muy falsa que parezca, la imagen es real.", "En lugar de una falsificación, es una foto real.", "La imagen no es en absoluto falsa.", "Veredicto final: real", "De ninguna manera es una imagen falsa.", "No se trata de una imagen falsa.", "Se trata de una foto real."),
        "open": ("El hombre sostiene un billete falso.", "Hay un billete falso en la mesa.", "El bolso es de cuero auténtico.", "Las fotos reales tienen ruido.", "Las imágenes falsas suelen tener manos raras.", "Lleva pestañas falsas.", "El verdadero problema es la luz.", "Hay flores artificiales en el jarrón.", "Según el título, la foto es auténtica."),
    },
    "ru": {
        "fake": ("Это ни в коем случае не настоящая фотография.", "Фотография ни в коем случае не настоящая.", "Скорее поддельное, чем настоящее.", "Изображение скорее поддельное, чем настоящее.", "Как бы реально оно ни выглядело, это подделка.", "Вместо настоящей фотографии перед нами подделка.", "Это вовсе не настоящая фотография.", "Изображение отнюдь не подлинное.",
                 "Итоговый вердикт: подделка", "Окончательный ответ: поддельное", "Настоящее? Нет.", "Это далеко не настоящая фотография.", "К сожалению, это подделка.", "Это изображение, несомненно, поддельное."),
        "real": ("Это ни в коем случае не подделка.", "Изображение ни в коем случае не поддельное.", "Скорее настоящее, чем поддельное.", "Изображение скорее настоящее, чем поддельное.", "Как бы искусственно оно ни выглядело, это настоящая фотография.", "Это вовсе не подделка.", "Итоговый вердикт: настоящее", "Окончательный ответ: подлинное", "Подделка? Нет.", "Это изображение, несомненно, настоящее."),
        "open": ("На столе лежит поддельная купюра.", "Мужчина держит поддельную купюру.", "Настоящие фотографии имеют зерно.", "Сумка из настоящей кожи.", "Поддельные изображения часто имеют странные руки.", "В вазе стоят искусственные цветы.", "Настоящая проблема в освещении.", "По словам автора, фотография настоящая.", "На ней шуба из искусственного меха."),
    },
    "de": {
        "fake": ("So echt es auch wirkt: Das Bild ist gefälscht.", "So echt es auch wirkt, das Bild ist eine Fälschung.", "Statt eines echten Fotos sehen wir eine Fälschung.", "Statt eines echten Fotos ist das ein KI-Bild.", "Eher gefälscht als echt.", "Mehr Fälschung als echt.", "Das Bild ist auf keinen Fall echt.", "Das Bild ist in keiner Weise echt.", "Endurteil: gefälscht", "Endgültige Antwort: Fälschung", "Gesamturteil: KI-generiert",
                 "Echt? Nein.", "Weit davon entfernt, echt zu sein: Das Bild ist gefälscht.", "Das ist niemals ein echtes Foto.", "Das ist leider kein echtes Foto.", "Es ist ausgeschlossen, dass das Bild echt ist."),
        "real": ("So künstlich es auch wirkt: Das Foto ist echt.", "So unecht es auch wirkt, das Bild ist echt.", "Statt einer Fälschung ist das ein echtes Foto.", "Eher echt als gefälscht.", "Das Bild ist auf keinen Fall gefälscht.", "Das Bild ist in keiner Weise manipuliert.", "Endurteil: echt", "Gesamturteil: authentisch", "Gefälscht? Nein.", "Es ist ausgeschlossen, dass das Bild gefälscht ist."),
        "open": ("Die Tasche ist aus echtem Leder.", "Echtes Leder glänzt anders.", "Auf dem Tisch liegt ein gefälschter Geldschein.", "Der Mann hält einen falschen Pass.", "Echte Fotos haben Rauschen.", "KI-generierte Bilder zeigen oft falsche Hände.", "In der Vase stehen künstliche Blumen.", "Das echte Problem ist das Licht.", "Laut Bildunterschrift ist das Foto echt.", "Sie trägt falsche Wimpern.", "Der Kunstrasen wirkt künstlich."),
    },
    "ja": {
        "fake": ("これは真正な写真とは言えません。", "この画像は真正ではありません。", "この画像は本物の写真ではありません。", "これは実写ではありません。", "最終回答：偽物", "最終的な答え：AI生成", "判定結果：偽物", "残念ながら、この画像は偽物です。", "明らかにAI生成です。", "この画像は本物とは言えません。", "どう見ても偽物です。", "この写真は本物だとは思えません。", "本物というより偽物です。", "この画像は間違いなくAIで生成されたものです。"),
        "real": ("この画像はフェイクではありません。", "これは合成写真ではありません。", "この画像はディープフェイクではありません。", "これは加工画像ではありません。", "最終回答：本物", "判定結果：本物", "明らかに本物です。", "この画像は偽物とは言えません。", "この画像は間違いなく本物です。", "偽物というより本物です。", "この写真は真正なものです。"),
        "open": ("本物だとしたら、影が曲がるはずです。", "もし偽物だとしたら、文字が崩れているはずです。", "AI画像では手が崩れることが多いです。", "AI生成画像では指の数が間違っていることが多い。", "本物の写真にはノイズがあります。", "彼女は本物の革のバッグを持っています。", "机の上に偽札があります。", "偽の花が花瓶にあります。", "この写真が本物であれば、影は曲がります。", "フェイク画像は一般に文字が崩れます。", "投稿者によると、この写真は本物だそうです。"),
    },
    "zh": {
        "fake": ("最终答案：假", "最终答案：虚假", "最终答案：伪造", "结论：伪造", "结论：PS", "判定结果：虚假", "判定结果：AI生成", "判定结果：换脸", "判定结果：假图", "这张图显然是AI画的。", "显然是AI画的。", "这绝对不是真照片。", "绝对不是真照片。", "其实是假的。", "可惜是假的。", "这是P的图。", "这是PS的图。", "这是一张假图。", "假图", "虚假", "伪造", "换脸",
                 "这张脸是换脸的结果，图片是伪造的。", "与其说是真实的，不如说是合成的。", "看起来像真的，其实是AI生成的。", "这张照片是PS过的。", "这张图片根本不是真的。", "我敢肯定这张图片是假的。", "毫无疑问，这张图片是假的。", "真实吗？不。", "最终判断：AI生成", "鉴定：假", "结论：不真实", "结论：非真实"),
        "real": ("最终答案：真", "最终答案：真实", "结论：真图", "结论：真实", "判定结果：真实", "判定结果：真图", "判定结果：真", "这绝对不是假图。", "绝对不是假照片。", "其实是真的。", "这是一张真图。", "真图", "真实", "这张图显然不是AI画的。", "这张照片没有PS过。", "这张图片根本不是假的。", "我敢肯定这张图片是真的。", "毫无疑问，这张图片是真实的。", "看起来像AI生成的，其实是真实照片。", "与其说是合成的，不如说是真实的。", "最终判断：真实", "鉴定：真", "结论：非伪造", "结论：并非AI生成"),
        "open": ("这张图片既可能是真的，也可能是假的。", "既可能是真实照片，也可能是AI生成的。", "AI生成的图片往往手指有问题。", "真实照片通常有噪点。", "桌上有一张假钞。", "他拿着一张假钞。", "她背着真皮包。", "花瓶里有假花。", "真实的皮肤会有毛孔。", "据作者说，这张照片是真的。", "如果是真的，影子会弯曲。", "伪造的图片常常有模糊的文字。", "选项：真实、伪造", "墙上写着“假一赔十”。", "可能是AI生成的，也可能是真实的。", "她戴着假发。"),
    },
}  # fmt: skip


def further_languages() -> Iterator[Case]:
    """Yield the answers of this module."""
    for language, readings in ANSWERS.items():
        for truth, texts in readings.items():
            yield from (Case(text, truth, f"language {language}, further", plain=False) for text in texts)
