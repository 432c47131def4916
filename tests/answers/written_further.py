# ruff: noqa: E501
# fmt: off
"""Short answers of many kinds as people say them, read by a person: English, and the other six languages."""

from collections.abc import Iterator

from sentence_forms import Case

SHORT = {
    "fake": (
        "I beg to differ with anyone calling this real; it's AI.", "Nothing about this is real.", "Not a single thing here is genuine.",
        "The suggestion of authenticity here is laughable.", "To claim authenticity would be dishonest.", "I'm not buying it: this is AI.",
        "You can't fool me, this is a fake.", "No camera took this.", "This was never in front of a camera; it's AI-generated.", "I'd be lying if I said this was real.",
        "I would be surprised if this were real.", "It's anything but authentic.", "Whatever this is, it isn't real.", "It would be a stretch to call this genuine.",
        "The likelihood of this being real is close to zero.", "Real? My foot. AI.", 'The verdict "real" would be wrong here; it is fake.',
        "It looks authentic, but appearances deceive: it is generated.", "Although real photos often look like this, this one is fake.",
        "I was going to answer real, but the hands convinced me otherwise: fake.", "Some say it's real. They're wrong. It's fake.",
        "Anyone with eyes can see that it's fake.", "Everyone can see that this is AI.", "Even a child can see that this isn't real.",
        "If I had to choose between real and fake, I'd choose fake.", "fake > real", "fake, not real", "Real: 0, Fake: 1", "real=0 fake=1", "Label: 1 (fake)",
        "Class 1: fake", "Answer: (B) Fake", "Option B: fake", "B. Fake", "Final Answer: B (AI-generated)", "Verdict: FAKE (not REAL)",
        "Verdict: FAKE, confidence that it is real: 3%", "Verdict - Fake | Confidence - 92%", "Fake with a probability of 0.91", "P(real)=0.03", "prob_fake: 0.93",
        "probability_fake=0.93", "Authenticity: Low", "Authenticity level: very low", "Trustworthiness: low. The image is fake.", "Is it real: No",
        "Is this image AI-generated? Yes", "Tampering: found", 'The "photo" is fake.', "This so-called photo is a fake.", 'This "real" photo is AI-generated.',
        "It is a fake photo of a real person.", "It's a deepfake of a real actor.", "It's not that it looks fake; it is fake.", "It's not merely suspicious, it's fake.",
        "Not only does it look fake, it is fake.", "It is not real in any sense.", "This isn't a photo at all, it's AI.",
        "This is no photograph; it's a generated image.", "That's no real photo.", "No real photo looks like this.", "Definitely AI, no real camera produces such bokeh.",
        "Hands down fake.", "Fake, obviously.", "100% AI.", "0% real.", "0% chance this is real", "It's giving AI.", "I smell a fake.", "I call it fake.",
        "I call fake on this one.", "I'm calling this one fake.", "I'll go with AI-generated.", "I'm going with fake, final answer.", "My money's on fake.",
        "I'm inclined to disbelieve that it's real.", "If it walks like a fake and quacks like a fake, it's a fake.",
        "Were it real, the shadows would match. They don't. So it's fake.", "It can only be a fake.", "It has to be AI.", "There's no way this is real.",
        "In no universe is this real.", "At no point did I consider it real; it's fake.", "Rarely have I seen something less real.", "It's fake, isn't it? Yes.",
        "It's fake, isn't it?", "Sadly, it's not real.", "Spoiler: it's fake.", "Plot twist: it's AI.", "Fact check: fake", "Fact-check: this is fake.",
        "Diagnosis: deepfake", "Rating: fake", "Tag: #fake", "#fake", "#AIgenerated", "ai_generated", "AI_GENERATED", "is_fake=True", "isReal: false", "fake (1)",
        "1 = fake", "real -> no, fake -> yes", "Real? No. Fake? Yes.", "Real: no. Fake: yes.", "Neither authentic nor original: it's AI.",
        "Never trust your eyes: this is AI.", "Don't assume it's real; it's AI-generated.", "The image fails every test of authenticity, so it's fake.",
        "It fails the authenticity test.", "The author insists it is real, but the hands prove it's fake.", "Having been called real by many, it is nonetheless fake.",
        "Contrary to popular belief, it's fake.", "Contrary to the caption, the image isn't real.", "The opposite of real.", "Quite the opposite of real.",
        "The image lacks authenticity.", "It's devoid of authenticity.", "Plenty of signs of AI.", "Its authenticity is in doubt.", "I question its authenticity.",
        "I contest the authenticity of this image.", "I can't vouch for its authenticity; it looks fake.", "Authentic it is not.", "Real this is not.",
        "A real photo this is not.", "Fake it is.",
    ),
    "real": (
        "Nothing about this is fake.", "I see no grounds to call it a fake.", "I have no reason to believe this is AI-generated.",
        "I'd be lying if I said this was fake.", "I would be surprised if this turned out to be fake.", "The chance that this is fake is close to zero.",
        "One could mistake it for a render, but it's a real photo.", "Although generated images often look like this, this one is real.",
        "Only a cynic would call this fake. It's real.", "REAL=1 FAKE=0", "The answer is A) real.", "Real with a probability of 0.91", "Fake with a probability of 0.09",
        "fake_probability: 0.07", "Authenticity: High", "Is it fake: No", "Is this image AI-generated? No", "Manipulation: none; Authenticity: confirmed",
        "Tampering: not found", "Detected manipulations: 0", "Number of fake regions: 0. The image is real.", "It is a real photo of a fake person (a mannequin).",
        "This is a real photograph of a plastic toy.", "It's not just realistic; it's real.", "Definitely real; no AI produces such detail.",
        "No AI could have made this; it's a real photo.", "Hands down real.", "100% real.", "0% fake", "I'd bet on real.", "I'm inclined to believe it's real.",
        "I'm not convinced that it is fake. I think it's real.", "I don't see why this would be fake; it's real.", "It must be real.", "It can't be AI.",
        "There's no way this is AI.", "It isn't fake, is it? No.", "Luckily, it's not fake.", "Status: authentic", "REAL_IMAGE", "is_fake=False",
        "Real – yes; fake – no.", "Not AI.", "non-AI", "Not a deepfake, not edited, not generated.", "The image passes every test of authenticity, so it's real.",
        "Contrary to what people say, it isn't fake.", "The image lacks any sign of manipulation.", "It's free of manipulation.", "No signs of AI.",
        "I don't question its authenticity.", "I can vouch for its authenticity.", "Fake it is not.", "Real it is.",
    ),
    "open": (
        "I was going to answer real, but the hands convinced me otherwise.", "real vs fake", "The man in the photo wears a fake moustache.",
        "A real dog sits next to a fake one.", "There's a difference between real and fake images.", "I can't verify whether the claim that it's fake is true.",
        "The claim that it is fake cannot be verified.", "Whether the claim that it is fake is true, I can't say.",
        "I neither accept nor reject the idea that it's fake.", "Who am I to say it's fake?", "Who says it is fake?", "Why would anyone think it is fake?",
        "How would I know if it is real?", "What makes you think it's fake?", "You decide: real or fake.", "Guess: real or fake?",
        "My confidence that it is fake is 50%.", "One moment it looks real, the next it looks fake.", "As an AI, I cannot say this is real.",
        "Let's find out if this is real.", "Let me check whether it's fake.", "I'm an AI model, so I can't see images.", "This could be real. This could be fake.",
        "It's real or it's fake.", "Either it is real or it is a very good fake.", "It might be a real photo, but I can't rule out AI.", "No two real photos look alike.",
        "I'm not convinced that it is fake.", "I'm not sure it's fake.", "It's fake, you say?", "So it's real, then?", "0 = real, 1 = fake",
        "Neither authentic nor fake.", "Never trust your eyes.", "Don't call it fake until you've checked.", "Don't assume it's real.",
        "Assume it's fake until proven otherwise.", "Suppose it is fake.", "Let us assume the image is real.", "The author insists it is real.", "He told me it's real.",
        "I've been told that it's fake.", "I read somewhere that it's fake.", "Word is that it's fake.", "It is said to be fake.", "It is believed to be fake.",
        "It has been called fake.",
    ),
}
FOREIGN = {
    "fake": (
        "Das Foto ist nicht authentisch, sondern das Werk einer KI.", "Kein echtes Foto, sondern KI.", "Definitiv KI.", "Es ist ein Deepfake.",
        "Ich bezweifle stark, dass das Foto echt ist.", "Das Bild wirkt echt, ist es aber nicht.", "Niemand würde dieses Bild für echt halten.",
        "Es wäre falsch, dieses Bild als echt zu bezeichnen.", "Die Behauptung, das Bild sei echt, ist falsch.", "Ceci n'est pas une vraie photo.",
        "Il est faux de dire que cette image est réelle.", "L'image semble réelle, mais ne l'est pas.", "Je doute que cette photo soit authentique.",
        "Aucune vraie photo ne ressemble à cela ; c'est un faux.", "Sería un error decir que la imagen es real.", "Dudo que la foto sea auténtica.",
        "La imagen parece real, pero no lo es.", "Hecho por IA.", "Foto falsa.", "Ошибочно считать это изображение настоящим.",
        "Было бы ошибкой назвать это изображение настоящим.", "Фото выглядит настоящим, но это не так.", "Сомневаюсь, что фото настоящее.", "Сделано нейросетью.",
        "说这张照片是真的是错误的。", "这张照片看起来是真的，但并不是。", "我怀疑这张照片不是真的。", "这不可能是真的。", "不是真照片", "并非实拍", "AI生成图像", "是AI", "我认为是AI生成", "假的，手指不对。", "图像为伪造", "分类：假", "类别：AI生成", "标签：fake",
        "答案是：假", "結論：這是假的圖片。", "この写真が本物だと考えるのは間違いです。", "本物に見えますが、違います。", "本物のはずがありません。", "これはAIです。", "AIで作られた画像です。", "フェイクだと思います。", "本物ではないと思います。", "生成AIによる画像です。",
        "判定：フェイク", "判定：偽", "分類: 偽物",
    ),
    "real": (
        "Das ist kein KI-Bild.", "Kein Fake.", "Es gibt keinen Grund anzunehmen, dass das Bild gefälscht ist.", "Das Bild wirkt gefälscht, ist es aber nicht.",
        "Es wäre falsch, dieses Bild als Fälschung zu bezeichnen.", "Il est faux de dire que cette image est générée par IA.", "Rien n'indique que l'image soit fausse.",
        "Sería un error decir que la imagen es falsa.", "Nada indica que la imagen sea falsa.", "Es una foto de verdad.",
        "Было бы ошибкой назвать это изображение поддельным.", "Нет оснований считать изображение поддельным.", "Не фейк.", "没有理由认为这张图片是假的。", "这不可能是假的。", "不是假照片",
        "并非AI生成", "不是AI", "我认为是真实照片", "真的，细节很自然。", "图像为真实", "类别：真实", "答案是真的", "這張照片是真實的。", "偽物のはずがありません。", "これはAIではありません。", "AIで作られた画像ではありません。", "フェイクではないと思います。",
        "実際に撮影された写真です。", "加工の形跡はありません。", "判定：リアル", "判定：真",
    ),
    "open": (
        "Ich weiß nicht, ob das Bild echt ist.", "Der Mann trägt eine falsche Brille.", "Die Echtheit des Bildes lässt sich nicht beurteilen.", "Das ist nicht richtig.",
        "Falsche Farben sind zu sehen.", "Il est difficile de dire si c'est une vraie photo.", "C'est faux de penser que toutes les images sont réelles.",
        "No sé si la imagen es real.", "Не знаю, настоящее ли это фото.", "我不知道这张照片是不是真的。", "这张照片是不是真的？", "この画像が本物かどうかわかりません。",
    ),
}


def further_written() -> Iterator[Case]:
    """Yield the answers of this module."""
    for readings, kind in ((SHORT, "written, short"), (FOREIGN, "language, written")):
        for truth, texts in readings.items():
            yield from (Case(text, truth, kind, plain=False) for text in texts)
