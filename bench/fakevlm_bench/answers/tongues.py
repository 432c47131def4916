# ruff: noqa: E501
"""Words for real and fake, negations and conditions in languages other than English.

Patterns match text in lower case. They serve plain statements; what is beyond them is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language.

    Attributes:
        fake: Words that say fake.
        real: Words that say real.
        no: Negations in front of such a word, in its clause.
        no_after: Negations behind it.
        turn: Words at which a clause ends and what was negated or conceded no longer holds.
        open: A clause with one of these states nothing (whether, if, would, unlike).
        concede: A clause with one of these concedes only.
        image: Words for the image, or pronouns for it.
        part: Words for something in the image.
        head: What announces a verdict in front of a colon.
        yes: Yes.
        nay: No, as an answer.
        than: Stands in front of what a comparison denies ("rather … than").
        instead: Denies the first word behind it ("instead of").
        wrong: Says of what is said that it is wrong ("it would be a mistake to call").
        ellipsis: Denies at the end what stands before it ("but it is not").
        joint: What begins a clause that depends on a denial before it ("that").
        always: A sentence with one of these states nothing at all (hearsay, two outcomes).
    """

    name: str
    fake: re.Pattern[str]
    real: re.Pattern[str]
    no: re.Pattern[str]
    no_after: re.Pattern[str]
    turn: re.Pattern[str]
    open: re.Pattern[str]
    concede: re.Pattern[str]
    image: re.Pattern[str]
    part: re.Pattern[str]
    head: re.Pattern[str]
    yes: re.Pattern[str]
    nay: re.Pattern[str]
    than: re.Pattern[str]
    instead: re.Pattern[str]
    always: re.Pattern[str]
    wrong: re.Pattern[str]
    ellipsis: re.Pattern[str]
    joint: re.Pattern[str]


_NEVER = "(?!)"
_OPTIONAL = ("than", "instead", "always", "wrong", "ellipsis", "joint")


def _tongue(name: str, **patterns: str) -> Tongue:
    word = (lambda p: p) if name in ("zh", "ja") else (lambda p: rf"(?<!\w)(?:{p})(?!\w)")
    patterns = {**dict.fromkeys(_OPTIONAL, _NEVER), **patterns}
    return Tongue(name, **{key: re.compile(word(value)) for key, value in patterns.items()})


_AI = r"(?:ai|人工智能|人工知能|计算机|電腦|电脑|算法|モデル|コンピュータ|机器|机器学习|机器生成|神经网络|深度学习|扩散模型)"

CHINESE = _tongue(
    "zh",
    fake=rf"fake|deepfake|(?<=是)ai(?=[\s。.]*$)|{_AI}[^，。,.不没沒]{{0,8}}?(?:生成|合成|制作|製作|创作|创建|绘制|产生|製造|制造|渲染)(?:的)?|(?:由|用|使用|通过){_AI}|ai图|ai图片|ai图像|ai照片|假图|假照|假的|假图片|伪造|偽造|虚假|深度伪造|深度偽造|合成|伪造的|篡改|修改过|修改|编辑过|编辑|处理过|后期处理|ps过|p过|造假|赝品|人造|换脸|ps(?:过)?(?:处理|修图|修改|修过|编辑|加工|合成)(?:过)?|ps(?:的|图|痕迹)?(?=[\s。.图照]|$)|(?<=是)p的|假(?=[\s。.]*$|照|图|圖)|(?<=[张張幅])假(?=[\s。.图圖照的相]|$|新闻图)|(?:由|用)?ai(?:画|绘|做|p)(?:的|出来的)?",
    real=r"real(?![a-z])|真实性|真实拍摄|真实|真實|真的|真正|真品|实拍|實拍|原图|未经(?:过)?(?:任何)?(?:ps)?(?:修改|编辑|篡改|处理)|未(?:被)?(?:修改|篡改|编辑)|相机拍摄|真(?=[\s。.]*$|图|照|圖)|(?<=[张張幅])真(?!假)",
    no=r"不是|并非|並非|并不|並不|不太|不像|绝非|绝不|不可能|没有|沒有|未经|未(?=被|曾|$)|不属于|非(?=真|假|ai|伪|$)|毫无|无(?=任何)|不认为|不認為|不相信|不觉得|不(?=真|假|是|$)|没(?=有|$)|根本不|绝对不|与其说|难以相信|否认",
    no_after=r"^[的是]*(?:的)?(?:可能性(?:很|非常|极|较)?(?:低|小)|不成立|是不可能)",
    turn=r"不如说|而是|可惜|但是|但|然而|不过|其实|实际上|事实上|反而|却",
    open=r"是否|是不是|不知道|不清楚|无法|無法|不能确定|不确定|难以|难说|很难|如果|假如|若(?=是|为|这)|与[^，。]*(?:不同|相比)|不同于|相比|在(?:真实|真正|ai|假|伪造|虚假)[^，。]*[中里]|还是|或者|可能是[^，。]*也可能|也可能|(?<!不)可能是真的|会有|会出现|会弯曲|会(?!是)|通常|往往|选项|(?<![图圖影])像(?!是)|常常|经常|容易|一般|看不出是|真假|真伪|模仿|试图|是真是假|(?:(?<!我)(?<!们)(?<!可以)(?<!因此)(?<!综合)判断|判断不|判断(?=[^，。：:为是属]*(?:真|假)))[^，。：:]*(?:真|假)|来自(?=真实世界)|真实世界|现实|真实感",
    concede=r"虽然|尽管|儘管|雖然|乍一看|乍看|看起来|看似|起初|表面上|似乎像",
    wrong=r"(?:说|认为|称|声称)(?=[^。]{1,30}(?:错误|错的|不对))|(?:的说法|的观点)?是?(?:错误|错)的|是不对的",
    ellipsis=r"(?:并不是|并非如此|其实不是|但不是|却不是|不是的|并不是这样)",
    always=r"也可能|既可能|据[^，。]{1,10}[说称]|听说|据说",
    image=r"图片|图像|圖像|圖片|照片|画面|图(?!案)|影像|相片|这(?:是|不是|张|幅|并)|這(?:是|不是|張|幅)|它(?:是|不|并)|此图|本图|该图|视频|截图",
    part=r"背景|人脸|(?<!换)脸|手指|手部|皮肤|头发|眼睛|光线|阴影|文字|纹理|物体|衣服|人物|天空|建筑|动物",
    head=r"(?:类别|標籤|標簽|结论|結論|最终判断|最终结果|判定结果|最终判定|鉴定结论|最终|结论|答案|判断|判定|结果|最终答案|最终结论|分类|标签|回答|鉴定结果|判断结果|鉴定|预测)\s*[:：是为]?",
    yes=r"^(?:是的|是|对|对的|没错|正确)(?=[\s,，。.!]|$)",
    nay=r"^(?:不是的|不是|不|否|没有|错|不对)(?=[\s,，。.!]|$)",
)  # fmt: skip

JAPANESE = _tongue(
    "ja",
    fake=r"fake|ai(?=です|だ(?!と)|である|では(?:あり|な)|じゃ)|生成ai|偽(?=[\s。.]*$)|偽物|にせもの|ニセモノ|ディープフェイク|フェイク|偽(?:の(?=画像|写真|映像|動画|もの)|造)|捏造|aiが?(?:によって|により|で|を使って)?(?:生成|作成|作ら|合成|描)(?:された|した|れた|されて|され|画像)?(?:もの)?|ai(?:画像|製|生成画像|生成)|人工知能(?:によって|により|で)[^、。]{0,6}(?:生成|作成)|合成(?:画像|写真|された)?|加工(?:された|画像|して)?|改ざん|改変|編集(?:された|され)?|人工的に(?:生成|作成)|cg(?:画像)?|コンピュータ生成|生成画像",
    real=r"real|リアル(?=[\s。.]*$)|真(?=[\s。.]*$)|本物|ほんもの|実写|真正|実際の(?:写真|画像)|実際に撮影|リアルな写真|カメラで撮影|無加工|未加工|正真正銘",
    no=_NEVER,
    no_after=r"^[^、。,.]{0,18}?(?:はず(?:が|は)(?:な[いく]|ありません)|ではな[いくか]|ではありません|じゃな[いく]|じゃありません|とは(?:到底|とても)?(?:言え|いえ|思え|考え|限ら)(?:な|ませ)|とは思いません|に(?:は)?見え(?:ない|ません)|(?:され|し)ていな(?:い|く)|(?:され|し)ていません|(?:の)?(?:痕跡|兆候|跡|形跡)[^、。]{0,6}(?:な[いくし]|ありません|見られません|見当たり)|ません|可能性は低|可能性が低|というより|と言うより|とは異な|は(?:な[いく]|ありません))",
    turn=r"しかし|ですが|だが|が(?=[、,])|けれど|けど|むしろ|実際には|実は|ではなく[、,]?",
    open=r"かどうか|判断でき|分かりません|わかりません|わからない|不明|もし|なら(?!ば?ない)|としたら|とすれば|であれば|だったら|(?:こと|もの|場合)が(?:多|あり)|傾向|一般|しばしば|はずで|はずだ|かもしれ|それとも|選択肢|とも[^、。]*とも|と異なり|とは異なり|と違い|と比べ|に比べ|場合|区別|(?<!とは)言えません|断定|か偽|か本|でしょうか|ですか|ますか|または|あるいは|一般に|通常",
    concede=r"一見|見えますが|見えるが|ように見え|初めは|最初は|思われますが",
    wrong=r"(?:と(?:考え|言う|思う|見る)[^。]{0,6}のは|という(?:主張|意見|考え)は)(?:間違い|誤り)(?:です|だ|である)?",
    ellipsis=r"(?:違います|違う|そうではありません|そうではない|そうじゃない)",
    always=r"によると|によれば|だそうです|とのこと|という噂",
    image=r"画像|写真|これ|この|それ|映像|イメージ|動画",
    part=r"背景|顔|指|手|肌|髪|目|光|影|文字|質感|服|人物|空|建物|動物",
    head=r"(?:最終回答|最終的な答え|判定結果|最終結論|結論|答え|回答|判定|結果|判断|最終判断|分類)(?:は|としては)?\s*[:：]?",
    yes=r"^(?:はい|そうです|ええ)",
    nay=r"^(?:いいえ|違います|いや)",
)  # fmt: skip

GERMAN = _tongue(
    "de",
    fake=r"ki(?=[\s.!]*$)|fälschung(?:en)?|gefälscht\w*|falsch\w*|fake|fakes|deepfakes?|ki[- ]?(?:generiert\w*|erzeugt\w*|erstellt\w*|bild(?:er)?|manipuliert\w*)|ai[- ]?generiert\w*|künstlich\w*(?:\s+(?:erzeugt\w*|generiert\w*|erstellt\w*))?|synthetisch\w*|manipuliert\w*|manipulation(?:en)?|bearbeitet\w*|verändert\w*|computergeneriert\w*|generiert\w*|(?:von|durch|mit|mithilfe)\s+(?:einer\s+|künstlicher\s+)?(?:ki|ai|künstlichen? intelligenz|intelligenz)(?:\s+(?:erzeugt\w*|generiert\w*|erstellt\w*|erschaffen))?|unecht\w*|retuschiert\w*|montiert\w*|fotomontage|montage|(?:bild|foto)fälschung|digital\s+(?:verändert|bearbeitet|erzeugt)\w*",
    real=r"echt(?:e|es|er|en|em)?|authentisch\w*|real(?:e|es|er|en)?|original\w*|unverfälscht\w*|unbearbeitet\w*|unmanipuliert\w*|unverändert\w*|tatsächliche[sn]?\s+(?:foto|bild)|wahres?\s+foto",
    no=r"nicht|kein|keine|keinen|keinem|keiner|keines|keineswegs|niemals|nie|weder|noch|kaum|unwahrscheinlich|bezweifle|zweifle|ohne|alles andere als|weit davon entfernt|mitnichten|ausgeschlossen|nein(?!\s*,)",
    than=r"(?:eher|mehr|vielmehr)\s.{0,50}\bals\s*$",
    instead=r"statt|anstatt|anstelle",
    wrong=r"es (?:wäre|ist|war) (?:ein(?:e)? )?(?:falsch|fehler|irrtum|irreführend|unsinn|lüge)|(?:wäre|ist|sei) (?:falsch|unbegründet|haltlos|ein irrtum|ein fehler)(?=[\s.!]*$)|wer [^,]{1,30}(?=, irrt)",
    ellipsis=r"(?:ist|sind|tut) (?:es|das|er|sie) (?:aber |jedoch |doch |in wahrheit )?nicht|(?:ist|das ist) (?:aber |jedoch )?nicht der fall",
    joint=r"dass|daß",
    always=r"laut|angeblich|dem titel zufolge|zufolge",
    no_after=r"^\s*(?:ist|wirkt|scheint|erscheint)?\s*(?:(?:\w+\s+){0,2}(?:nicht|unwahrscheinlich|auszuschließen|ausgeschlossen|keineswegs))",
    turn=r"sondern|aber|jedoch|doch|vielmehr|allerdings|tatsächlich|dennoch",
    open=r"ob|wenn|falls|würde|würden|wäre|wären|hätte|hätten|könnte|könnten|unklar|unsicher|im gegensatz zu|anders als|im vergleich|verglichen|in einem (?:echten|realen|gefälschten|ki\S*)|in echten|auf (?:einem )?echten|bei (?:einem )?(?:echten|gefälschten)|oder|typisch für|optionen|unmöglich zu|weder|scheinbar|angeblich|echte (?:fotos|bilder) (?:haben|zeigen)|vielleicht",
    concede=r"obwohl|obgleich|zwar|auch wenn|so\s+\w+\s+(?:\w+\s+){1,3}auch|auf den ersten blick|zunächst|trotz",
    image=r"bild(?:es)?|foto(?:s|grafie)?|fotografie|aufnahme|es|dies|dieses|das|er|sie|video|abbildung|porträt",
    part=r"hintergrund|gesicht|hand|hände|finger|haut|haare|augen|licht|schatten|schrift|text|textur|himmel|person|frau|mann|hund|katze|kleid",
    head=r"(?:endurteil|gesamturteil|gesamtbewertung|abschließendes urteil|endgültiges urteil|urteil|antwort|fazit|ergebnis|schlussfolgerung|endgültige antwort|klassifikation|klassifizierung|einschätzung|bewertung|endergebnis)\s*:?",
    yes=r"^(?:ja|jawohl)", nay=r"^(?:nein|nee)",
)  # fmt: skip

FRENCH = _tongue(
    "fr",
    fake=r"images? synthétiques?|fausse?s?|faux|fake|deepfake|hypertrucage|truquée?s?|trucage|contrefaçon|contrefaite?|générée?s?(?:\s+(?:par|avec|via|à l'aide)\s+(?:une?\s+|l'|d'une\s+|de l')?(?:ia|intelligence artificielle|ordinateur|ai))?|générée?\s+artificiellement|(?:créée?|produite?|réalisée?|fabriquée?)\s+(?:par|avec|à l'aide d'une)\s+(?:une?\s+|l')?(?:ia|intelligence artificielle|ordinateur)|artificielle?s?|synthétiques?|manipulée?s?|manipulation|retouchée?s?|modifiée?s?|falsifiée?s?|falsification|montage|éditée?s?|altérée?s?|image de synthèse|irréelle?|inauthentique",
    real=r"réelle?s?|réels?|vraies?|vrais?|authentiques?|véritables?|originale?s?|non (?:retouchée?|modifiée?|manipulée?|truquée?)|inaltérée?",
    no=r"n|ne|n'est|n'a|n'ont|n'était|n'y|n'apparaît|n'est-ce|pas|non|jamais|aucun|aucune|ni|sans|peu probable|improbable|doute|loin d'être|loin|tout sauf|plutôt que|impossible que|exclu|nullement|aucunement|rien",
    than=r"(?:plutôt|plus)\s.{0,40}\bqu(?:e\s*|')$",
    instead=r"au lieu d'être|au lieu d'une?|au lieu",
    wrong=r"(?:il (?:est|serait)|ce serait|c'est) (?:faux|une erreur|erroné|incorrect|absurde|à tort) (?:de|que)",
    ellipsis=r"(?:elle |il )?ne l'est pas|ce n'est pas le cas|il n'en est rien",
    joint=r"que|qu'elle|qu'il",
    always=r"selon|d'après|il paraît|soi-disant",
    no_after=r"^\s*(?:est|semble|paraît)\s+(?:exclue?|peu probable|improbable|impossible)",
    turn=r"mais|cependant|toutefois|pourtant|en réalité|en fait|néanmoins|plutôt(?!\s+que)|bien",
    open=r"si|s'il|serait|seraient|aurait|auraient|pourrait|pourraient|dirait|contrairement|à la différence|par rapport|comparée?|dans une (?:vraie|fausse|véritable)|dans les (?:vraies|fausses)|sur une (?:vraie|fausse|véritable)|ou|options|est-elle|est-il|est-ce que|peut-être|impossible de|difficile de|prétendument|les vraies|les fausses",
    concede=r"aussi\s+[^,]{1,30}qu'(?:elle|il|on)|si\s+\w+\s+(?:soit|que)|bien qu'elle|bien qu'il|bien que|quoique|même si|à première vue|au premier abord|malgré|certes",
    image=r"image|photo|photographie|cliché|elle|il|c'est|ce|ceci|cela|c|ça|portrait|vidéo",
    part=r"arrière-plan|fond|visage|main|mains|doigts|peau|cheveux|yeux|lumière|ombre|ombres|texte|texture|ciel|personne|femme|homme|chien|chat",
    head=r"(?:verdict final|verdict|réponse finale|réponse|conclusion|résultat|réponse finale|classification|jugement|décision|verdict final|évaluation)\s*:?",
    yes=r"^oui", nay=r"^non",
)  # fmt: skip

SPANISH = _tongue(
    "es",
    fake=r"fals[oa]s?|fake|deepfake|falsificación|falsificad[oa]s?|falsificacion|generad[oa]s?(?:\s+(?:por|con|mediante)\s+(?:una?\s+|la\s+)?(?:ia|inteligencia artificial|ordenador|computadora|ai))?|(?:cread[oa]|hech[oa]|producid[oa])\s+(?:por|con|mediante)\s+(?:una?\s+|la\s+)?(?:ia|inteligencia artificial|ordenador|computadora)|artificial(?:es|mente)?|sintétic[oa]s?|manipulad[oa]s?|manipulación|editad[oa]s?|alterad[oa]s?|trucad[oa]s?|retocad[oa]s?|modificad[oa]s?|montaje|fabricad[oa]|inauténtic[oa]",
    real=r"reale?s?|auténtic[oa]s?|autentic[oa]s?|verdader[oa]s?|genuin[oa]s?|legítim[oa]s?|original(?:es)?|sin (?:editar|manipular|alteraciones|retocar)|inalterad[oa]",
    no=r"no|nunca|jamás|ni|tampoco|ningún|ninguna|ninguno|sin|improbable|dudo|poco probable|lejos de ser|lejos de|todo menos|cualquier cosa menos|de ninguna manera|en absoluto|en modo alguno|nada",
    than=r"más\s.{0,40}\bque\s*$",
    instead=r"en lugar de|en vez de",
    wrong=r"(?:es|sería) (?:un error|falso|incorrecto|erróneo|absurdo|mentira) (?:decir|llamar|pensar|creer|afirmar|considerar|calificar|que)",
    ellipsis=r"no lo es|no es así|no es el caso",
    joint=r"que",
    always=r"según|supuestamente|se dice",
    no_after=r"^\s*(?:es|parece|queda|está)\s+(?:descartad[oa]|improbable|imposible)",
    turn=r"sino|pero|sin embargo|no obstante|en realidad|de hecho|más bien",
    open=r"si|sería|serían|tendría|tendrían|habría|podría|podrían|\w+aría|\w+ería|a diferencia|en comparación|comparad[oa]|en una (?:foto|imagen|fotografía) (?:real|auténtica|falsa)|en (?:fotos|imágenes) (?:reales|falsas)|o|opciones|imposible (?:saber|determinar|decir)|fuera|fuese|quizás|quizá|tal vez|supuestamente|determinar|las fotos reales|las imágenes (?:falsas|reales)",
    concede=r"por (?:muy|más)\s+[^,]{1,30}|aunque|a pesar de|pese a|a primera vista|si bien|al principio",
    image=r"imagen|foto|fotografía|fotografia|captura|est[ao]|ella|es|retrato|video|vídeo",
    part=r"fondo|cara|rostro|mano|manos|dedos|piel|pelo|ojos|luz|sombra|sombras|texto|textura|cielo|persona|mujer|hombre|perro|gato",
    head=r"(?:veredicto|respuesta|conclusión|resultado|respuesta final|clasificación|juicio|decisión|veredicto final|evaluación)\s*:?",
    yes=r"^(?:sí|si(?=\s*[,.!]|$))", nay=r"^no(?=\s*[,.!]|$|\s+en absoluto)",
)  # fmt: skip

RUSSIAN = _tongue(
    "ru",
    fake=r"поддел\w+|фальшив\w*|фейк\w*|дипфейк\w*|сгенерирован\w*(?:\s+(?:ии|нейросет\w+|искусственн\w+ интеллект\w*|компьютер\w*))?|(?:созда(?:н|на|но|ны|нн\w+)|сделан\w*|нарисован\w*)\s+(?:с помощью\s+)?(?:ии|нейросет\w+|нейронн\w+ сет\w+|искусственн\w+ интеллект\w*|компьютер\w*)|ии-\w+|искусственн\w+|синтетическ\w+|синтезирован\w*|манипуляц\w+|отредактирован\w*|изменен\w*|изменён\w*|фотошоп\w*|монтаж\w*|сфабрикован\w*|ненастоящ\w+|неподлинн\w+|обработан\w*|фотомонтаж\w*",
    real=r"настоящ\w+|подлинн\w+|реальн\w+|аутентичн\w+|оригинальн\w+|неподдельн\w+|достоверн\w+",
    no=r"не|нет|ни|никак|вряд ли|едва ли|маловероятно|без|отнюдь не|далеко не|невозможно|сомневаюсь|а не|никаких",
    than=r"^\s*чем\s.*$|чем\s*$",
    instead=r"вместо",
    wrong=r"(?:было бы )?(?:ошибкой|ошибочно|неверно|неправильно|ошибка|неправда)(?: было бы)?(?: считать| назвать| называть| говорить| сказать| думать| утверждать|(?=, что))",
    ellipsis=r"(?:это )?не так|таковым не является|таковой не является|это неправда",
    joint=r"что|чтобы",
    always=r"по словам|согласно|якобы|говорят",
    no_after=r"^(?:\s+\w+){0,2}\s+(?:нет|не обнаружено|не видно|отсутству\w+|исключен\w*|исключён\w*|маловероятн\w*)",
    turn=r"а(?!\s+не)|но|однако|напротив|на самом деле|тем не менее",
    open=r"ли|если|(?<!как )бы|был бы|была бы|было бы|в отличие от|по сравнению|на (?:настоящ|поддельн|реальн)\w+|в (?:настоящ|реальн)\w+|или|как настоящим|варианты|неясно|непонятно|невозможно (?:сказать|определить)|определить|сказать|может быть|возможно",
    concede=r"как бы\s+.{1,40}|хотя|несмотря на|на первый взгляд|сначала|пусть",
    image=r"изображени\w+|фото|фотографи\w+|снимо?к\w*|картинк\w+|это|оно|она|он|видео|кадр\w*",
    part=r"фон\w*|лиц\w+|рук\w*|пальц\w+|кож\w+|волос\w*|глаз\w*|свет\w*|тен\w+|текст\w*|текстур\w+|неб\w+|человек\w*|женщин\w+|мужчин\w+|собак\w+",
    head=r"(?:итоговый вердикт|итоговый ответ|вердикт|ответ|вывод|заключение|результат|окончательный ответ|итог|оценка|решение)\s*:?",
    yes=r"^(?:да|верно)", nay=r"^нет(?=\s*[,.!]|$)",
)  # fmt: skip

TONGUES = (CHINESE, JAPANESE, GERMAN, FRENCH, SPANISH, RUSSIAN)
