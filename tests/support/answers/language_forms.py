# ruff: noqa: E501
"""Answers in Chinese, Japanese, German, French, Spanish and Russian, with their readings.

One block for each language: sentences that say that the image is fake, that it is real, and that
nobody knows. The sentences are plain, denied, contrasted, conceded and in the form of a field.
"""

from collections.abc import Iterator

from support.answers.sentence_forms import Case

ANSWERS = {
    "zh": {
        "fake": (
            "这是一张假图片。", "这张图片是假的。", "该图像是AI生成的。", "这张照片是由人工智能生成的。", "这不是真实的照片。", "这张图片不是真的。", "这张图片并非真实照片。",
            "图片不是真的，而是AI生成的。", "这不是一张真实的照片，而是合成的。", "虽然看起来很真实，但这张图片是假的。", "乍一看像真的，但其实是AI生成的。", "我认为这张图片是伪造的。",
            "结论：假", "答案：伪造", "判断：AI生成", "假的", "假", "伪造的", "AI生成", "综上所述，这张图片很可能是AI生成的。", "这张图片经过了篡改。", "这张照片是合成的。", "这张图像是深度伪造的。",
            "我不认为这是一张真实的照片。", "这是一张假图片。在真实的照片中，阴影会弯曲。", "与真实照片不同，手指融合在一起。这张图片是假的。", "手指有六根，文字无法辨认。因此，这张图片是假的。",
            "是的，这张图片是AI生成的。", "不，这不是真实的照片。", "真实性：否", "是否为AI生成：是",
        ),
        "real": (
            "这是一张真实的图片。", "这张图片是真的。", "该图像是真实的。", "这张照片是真实拍摄的。", "这不是假的。", "这张图片不是AI生成的。", "这张图片并非伪造。", "图片不是AI生成的，而是真实的照片。",
            "这不是合成的，而是一张真实的照片。", "虽然看起来有点假，但这张图片是真实的。", "乍一看像AI生成的，但其实是真实照片。", "我认为这张图片是真实的。", "结论：真", "答案：真实", "判断：真实", "真的", "真",
            "真实", "综上所述，这张图片很可能是真实的。", "这张图片没有经过篡改。", "这张图片没有被修改过。", "没有发现任何AI生成的痕迹，图片是真实的。", "我不认为这张图片是假的。",
            "这是一张真实的图片。AI生成的图片会有模糊的文字。", "与AI生成的图片不同，手指是正确的。这张图片是真实的。", "不，这张图片不是AI生成的。", "是的，这是一张真实的照片。", "真实性：是", "是否为AI生成：否",
        ),
        "open": (
            "无法判断这张图片是真是假。", "我不能确定这张图片是真实的还是AI生成的。", "这张图片可能是真的，也可能是假的。", "真还是假？", "这张图片是真的吗？", "抱歉，我无法帮助您。", "图片中有一只猫。",
            "如果这是真实的照片，阴影会弯曲。", "选项：真，假", "很难说它是真的还是假的。",
        ),
    },
    "ja": {
        "fake": (
            "この画像は偽物です。", "これは偽の画像です。", "この画像はAIによって生成されました。", "これはAI生成画像です。", "この写真は本物ではありません。", "これは本物の写真ではない。", "この画像は本物ではなく、偽物です。",
            "本物ではなくAIが生成した画像です。", "一見本物に見えますが、この画像は偽物です。", "本物のように見えるが、実際にはAI生成である。", "この画像は偽物だと思います。", "結論：偽物", "答え：偽物", "判定：AI生成", "偽物", "偽物です。", "フェイク",
            "フェイク画像です。", "おそらくAI生成です。", "この画像は加工されています。", "この画像は合成です。", "本物の写真とは思えません。", "この画像は偽物です。本物の写真なら影が曲がるはずです。", "はい、この画像はAI生成です。",
            "いいえ、これは本物の写真ではありません。", "指が六本あります。したがって、この画像は偽物です。",
        ),
        "real": (
            "この画像は本物です。", "これは本物の画像です。", "これは本物の写真です。", "この写真は本物だと思います。", "この画像は偽物ではありません。", "これはAI生成画像ではありません。", "この画像はAIによって生成されたものではありません。",
            "偽物ではなく、本物の写真です。", "AI生成ではなく本物です。", "一見偽物に見えますが、この画像は本物です。", "結論：本物", "答え：本物", "判定：本物", "本物", "本物です。", "おそらく本物の写真です。", "この画像は加工されていません。",
            "AI生成とは思えません。", "この画像は本物です。偽物なら文字が崩れているはずです。", "はい、これは本物の写真です。", "いいえ、この画像は偽物ではありません。", "加工の痕跡はなく、この画像は本物です。",
        ),
        "open": (
            "この画像が本物か偽物か判断できません。", "本物かもしれないし、偽物かもしれません。", "本物ですか、それとも偽物ですか？", "この画像は本物ですか？", "申し訳ありませんが、お手伝いできません。", "画像には猫が写っています。",
            "もし本物なら、影が曲がるはずです。", "選択肢：本物、偽物", "本物とも偽物とも言えません。",
        ),
    },
    "de": {
        "fake": (
            "Das Bild ist eine Fälschung.", "Dieses Bild ist gefälscht.", "Das ist ein gefälschtes Bild.", "Das Bild ist nicht echt.", "Das ist kein echtes Foto.", "Dieses Foto wurde von einer KI erzeugt.", "Das Bild ist KI-generiert.",
            "Das Bild ist nicht echt, sondern KI-generiert.", "Es handelt sich nicht um ein echtes Foto, sondern um eine Fälschung.", "Auf den ersten Blick wirkt das Bild echt, aber es ist gefälscht.", "Obwohl es echt aussieht, ist das Bild KI-generiert.",
            "Ich glaube nicht, dass das Bild echt ist.", "Ich halte das Bild für gefälscht.", "Urteil: gefälscht", "Antwort: Fälschung", "Fazit: KI-generiert", "Gefälscht.", "Fälschung", "Nicht echt.", "Wahrscheinlich ist das Bild KI-generiert.",
            "Das Bild wurde manipuliert.", "Das Bild ist keineswegs echt.", "Das Bild ist gefälscht. In einem echten Foto wäre der Schatten gebogen.", "Im Gegensatz zu echten Fotos fehlen die Poren. Das Bild ist gefälscht.", "Ja, das Bild ist KI-generiert.",
            "Nein, das ist kein echtes Foto.", "Echt: nein", "KI-generiert: ja", "Das Bild ist alles andere als echt.", "Das Bild ist eher gefälscht als echt.",
        ),
        "real": (
            "Das Bild ist echt.", "Dieses Foto ist echt.", "Das ist ein echtes Foto.", "Das Bild ist keine Fälschung.", "Das Bild ist nicht gefälscht.", "Das Bild wurde nicht von einer KI erzeugt.", "Das Bild ist nicht KI-generiert.", "Das Bild ist nicht gefälscht, sondern echt.",
            "Es handelt sich nicht um eine Fälschung, sondern um ein echtes Foto.", "Auf den ersten Blick wirkt das Bild gefälscht, aber es ist echt.", "Obwohl es künstlich aussieht, ist das Foto echt.", "Ich glaube nicht, dass das Bild gefälscht ist.",
            "Ich halte das Bild für echt.", "Urteil: echt", "Antwort: echt", "Fazit: authentisch", "Echt.", "Nicht gefälscht.", "Wahrscheinlich ist das Foto echt.", "Das Bild wurde nicht manipuliert.", "Es gibt keine Hinweise auf eine Fälschung; das Bild ist echt.",
            "Das Bild ist echt. Ein KI-generiertes Bild hätte unlesbare Schrift.", "Im Gegensatz zu gefälschten Bildern stimmen die Hände. Das Bild ist echt.", "Ja, das ist ein echtes Foto.", "Nein, das Bild ist keine Fälschung.", "Echt: ja", "KI-generiert: nein",
            "Das Bild ist eher echt als gefälscht.",
        ),
        "open": (
            "Ich kann nicht sagen, ob das Bild echt oder gefälscht ist.", "Das Bild könnte echt oder gefälscht sein.", "Echt oder gefälscht?", "Ist das Bild echt?", "Es ist unklar, ob das Foto echt ist.", "Tut mir leid, dabei kann ich nicht helfen.",
            "Das Bild zeigt eine Katze.", "Wenn das Bild echt wäre, wäre der Schatten gebogen.", "Optionen: echt, gefälscht", "In einem echten Foto wäre der Schatten gebogen.",
        ),
    },
    "fr": {
        "fake": (
            "Cette image est fausse.", "C'est une fausse image.", "L'image est un faux.", "Cette image n'est pas réelle.", "Ce n'est pas une vraie photo.", "Cette photo a été générée par une IA.", "L'image est générée par IA.", "L'image n'est pas réelle mais générée par une IA.",
            "Ce n'est pas une photo authentique, mais une image générée par IA.", "À première vue, l'image semble réelle, mais elle est fausse.", "Bien qu'elle paraisse authentique, cette image est générée par IA.", "Je ne pense pas que cette image soit réelle.",
            "Je pense que cette image est fausse.", "Verdict : fausse", "Réponse : faux", "Conclusion : générée par IA", "Fausse.", "Faux", "Pas réelle.", "L'image est probablement générée par IA.", "Cette photo a été manipulée.", "L'image est loin d'être authentique.",
            "Cette image est fausse. Dans une vraie photo, l'ombre serait courbée.", "Contrairement à une vraie photo, il n'y a pas de bruit. Cette image est fausse.", "Oui, cette image est générée par IA.", "Non, ce n'est pas une vraie photo.", "Authentique : non",
            "Générée par IA : oui",
        ),
        "real": (
            "Cette image est réelle.", "C'est une vraie photo.", "C'est une photo authentique.", "Cette image n'est pas fausse.", "Ce n'est pas une image générée par IA.", "Cette photo n'a pas été générée par une IA.", "L'image n'est pas générée par IA mais bien réelle.",
            "Ce n'est pas un faux, mais une photo authentique.", "À première vue, l'image semble fausse, mais elle est réelle.", "Bien qu'elle paraisse artificielle, cette photo est authentique.", "Je ne pense pas que cette image soit fausse.", "Je pense que cette photo est authentique.",
            "Verdict : réelle", "Réponse : authentique", "Conclusion : image réelle", "Réelle.", "Authentique", "Pas fausse.", "L'image est probablement réelle.", "Cette photo n'a pas été manipulée.", "Je ne vois aucun signe de manipulation ; l'image est authentique.",
            "Cette image est réelle. Une image générée par IA aurait du texte illisible.", "Contrairement aux fausses images, les mains sont correctes. Cette image est réelle.", "Oui, c'est une vraie photo.", "Non, cette image n'est pas fausse.", "Authentique : oui",
            "Générée par IA : non",
        ),
        "open": (
            "Je ne peux pas dire si l'image est réelle ou fausse.", "L'image pourrait être réelle ou fausse.", "Vraie ou fausse ?", "Cette image est-elle réelle ?", "Il est impossible de savoir si la photo est authentique.", "Désolé, je ne peux pas vous aider.",
            "L'image montre un chat.", "Si l'image était réelle, l'ombre serait courbée.", "Options : réelle, fausse", "Dans une vraie photo, l'ombre serait courbée.",
        ),
    },
    "es": {
        "fake": (
            "Esta imagen es falsa.", "Es una imagen falsa.", "La imagen es una falsificación.", "Esta imagen no es real.", "No es una foto real.", "Esta foto fue generada por IA.", "La imagen está generada por inteligencia artificial.", "La imagen no es real, sino generada por IA.",
            "No es una fotografía auténtica, sino una imagen falsa.", "A primera vista la imagen parece real, pero es falsa.", "Aunque parece auténtica, esta imagen está generada por IA.", "No creo que esta imagen sea real.", "Creo que la imagen es falsa.", "Veredicto: falsa",
            "Respuesta: falso", "Conclusión: generada por IA", "Falsa.", "Falso", "No es real.", "La imagen es probablemente falsa.", "La foto ha sido manipulada.", "La imagen está lejos de ser auténtica.", "Esta imagen es falsa. En una foto real, la sombra se curvaría.",
            "A diferencia de las fotos reales, no hay ruido. La imagen es falsa.", "Sí, esta imagen fue generada por IA.", "No, no es una foto real.", "Auténtica: no", "Generada por IA: sí",
        ),
        "real": (
            "Esta imagen es real.", "Es una foto real.", "Es una fotografía auténtica.", "Esta imagen no es falsa.", "No es una imagen generada por IA.", "Esta foto no fue generada por IA.", "La imagen no es falsa, sino real.", "No es una falsificación, sino una foto auténtica.",
            "A primera vista la imagen parece falsa, pero es real.", "Aunque parece artificial, esta foto es auténtica.", "No creo que esta imagen sea falsa.", "Creo que la imagen es real.", "Veredicto: real", "Respuesta: auténtica", "Conclusión: imagen real", "Auténtica.",
            "Es real.", "No es falsa.", "La imagen es probablemente real.", "La foto no ha sido manipulada.", "No hay señales de manipulación; la imagen es auténtica.", "Esta imagen es real. Una imagen falsa tendría texto ilegible.",
            "A diferencia de las imágenes falsas, las manos son correctas. La imagen es real.", "Sí, es una foto real.", "No, esta imagen no es falsa.", "Auténtica: sí", "Generada por IA: no",
        ),
        "open": (
            "No puedo determinar si la imagen es real o falsa.", "La imagen podría ser real o falsa.", "¿Real o falsa?", "¿Es real esta imagen?", "No está claro si la foto es auténtica.", "Lo siento, no puedo ayudarte con eso.", "La imagen muestra un gato.",
            "Si la imagen fuera real, la sombra se curvaría.", "Opciones: real, falsa", "En una foto real, la sombra se curvaría.",
        ),
    },
    "ru": {
        "fake": (
            "Это изображение поддельное.", "Это подделка.", "Изображение является поддельным.", "Это изображение не настоящее.", "Это не настоящая фотография.", "Изображение сгенерировано нейросетью.", "Эта фотография создана искусственным интеллектом.",
            "Это не настоящая фотография, а подделка.", "Изображение не подлинное, а сгенерированное.", "На первый взгляд изображение выглядит настоящим, но это подделка.", "Хотя фото выглядит подлинным, оно сгенерировано нейросетью.",
            "Я не думаю, что это настоящая фотография.", "Я считаю, что изображение поддельное.", "Вердикт: подделка", "Ответ: подделка", "Вывод: сгенерировано ИИ", "Подделка.", "Фейк", "Не настоящее.", "Скорее всего, изображение сгенерировано ИИ.",
            "Фотография подверглась манипуляции.", "Это поддельное изображение. На настоящей фотографии тень была бы изогнута.", "В отличие от настоящих фотографий, здесь нет шума. Изображение поддельное.", "Да, изображение сгенерировано ИИ.",
            "Нет, это не настоящая фотография.", "Подлинное: нет", "Сгенерировано ИИ: да",
        ),
        "real": (
            "Это изображение настоящее.", "Это настоящая фотография.", "Фотография подлинная.", "Изображение является подлинным.", "Это не подделка.", "Изображение не поддельное.", "Изображение не сгенерировано нейросетью.", "Это не подделка, а настоящая фотография.",
            "Изображение не сгенерированное, а подлинное.", "На первый взгляд это подделка, но фотография настоящая.", "Хотя фото выглядит искусственным, оно настоящее.", "Я не думаю, что это подделка.", "Я считаю, что фотография настоящая.", "Вердикт: настоящее",
            "Ответ: подлинное", "Вывод: настоящая фотография", "Настоящая.", "Подлинное", "Не подделка.", "Скорее всего, фотография настоящая.", "Фотография не подвергалась манипуляции.", "Признаков монтажа нет, фотография подлинная.",
            "Это настоящая фотография. На поддельном изображении текст был бы неразборчивым.", "В отличие от поддельных изображений, руки правильные. Фотография настоящая.", "Да, это настоящая фотография.", "Нет, это не подделка.", "Подлинное: да",
            "Сгенерировано ИИ: нет",
        ),
        "open": (
            "Я не могу определить, настоящее это изображение или поддельное.", "Изображение может быть как настоящим, так и поддельным.", "Настоящее или поддельное?", "Это настоящая фотография?", "Неясно, подлинная ли фотография.", "Извините, я не могу помочь.",
            "На изображении кошка.", "Если бы фотография была настоящей, тень была бы изогнута.", "Варианты: настоящее, поддельное", "На настоящей фотографии тень была бы изогнута.",
        ),
    },
}  # fmt: skip


def languages() -> Iterator[Case]:
    """Yield the answers of all six languages."""
    for language, readings in ANSWERS.items():
        for truth, texts in readings.items():
            yield from (Case(text, truth, f"language {language}") for text in texts)
