"""The vocabulary in which models say *real* and *fake*, as regular expressions.

Everything here is matched against text that `bench.answers.normal.normalise` has
lowercased and freed of markup.
"""

from __future__ import annotations

import re

_MAKER = (
    r"(?:ai|artificial intelligence|gans?|diffusion|neural networks?|midjourney|dall-?e|"
    r"generative|generator|computer|machine learning|deep learning|software|algorithms?|"
    r"image models?|text-to-image|photoshop)"
)
_MADE = r"(?:generated|created|made|produced|synthesi[sz]ed|rendered|manipulated|edited|altered)"

FAKE = "|".join(
    [
        (
            rf"(?:ai|gan|cg|diffusion|computer|machine|digitally|artificially|synthetically|"
            rf"algorithmically)[\s-]*{_MADE}"
        ),
        (
            rf"{_MADE}\s+(?:by|with|using|through|via|from|in)\s+(?:[\w-]+\s+){{0,4}}?{_MAKER}"
            r"(?:\s+(?:models?|tools?|systems?|programs?|software))?"
        ),
        r"deep\s?-?fake[ds]?",
        r"fake[ds]?|bogus|forged|forgery|counterfeit|fabricated|inauthentic|doctored|hoax",
        r"synthetic|synthesi[sz]ed|artificial|cgi|(?:3d|cg|digital)[ -]render(?:ed|ing)?",
        r"manipulated|tampered(?:\s+with)?|altered|edited|modified|photoshopped|retouched",
        r"composited?|spliced|inpainted|face-?\s?swap(?:ped)?|generated",
        rf"(?:product|creation|output|work)\s+of\s+(?:an?\s+)?{_MAKER}",
        r"ai",
    ]
)
REAL = "|".join(
    [
        r"real(?!-|\s+(?:life|world|time)\b)",
        r"genuine|authentic|legitimate|legit|bona fide",
        r"un(?:altered|edited|manipulated|modified|doctored|tampered|touched|faked)",
        r"(?:actual|natural|original)(?=\s+(?:[\w-]+\s+)?(?:photo|photograph|image|picture)\b)",
        (
            r"(?:taken|captured|shot|photographed)\s+(?:by|with|using|on)\s+(?:[\w-]+\s+){0,3}?"
            r"(?:camera|phone|smartphone|dslr|photographer)"
        ),
        r"camera-(?:captured|taken)",
    ]
)
MENTION = re.compile(rf"(?<![\w-])(?:non-)?(?:(?P<fake>{FAKE})|(?P<real>{REAL}))(?![\w-])")
"""A word for one of the two labels; ``non-`` in front turns it round."""

IMAGE = (
    r"(?:image|photo|photograph|picture|pic|snapshot|screenshot|shot|portrait|selfie|artwork|"
    r"illustration|painting|video|frame|content|footage|file|document|scan|one|deal|thing)"
)
"""Nouns that stand for the whole of what was asked about."""

PART = r"(?:face|person|people|man|woman|scene|subject|object|animal|region|area|background)"
"""Nouns that stand for a part of it: what is said of them is a weak verdict."""

AFTER = re.compile(
    rf"\s*(?:$|[,;:.!?()\"/|\-}}]|(?:[\w-]+,?\s+){{0,3}}(?:{IMAGE}|{PART}|human)\b|"
    r"(?:and|or|but|because|due|since|as|with|based|given|rather|not|than|in|on|at|by|to|for|from|"
    r"if|while|although|though|despite|however|instead|using|overall|here|enough|too|either|"
    r"nor|yet|so|after|upon|when|of|according|that|which|judging|looking|considering|such|like|"
    r"is|are|was|i|it|throughout|where|except|all|about)\b)"
)
"""What may follow a mention that speaks of the image; ``real texture`` does not."""

NEGATOR = re.compile(
    r"\b(?:not|never|no|none|nothing|neither|nor|hardly|barely|scarcely|unlikely|improbable|"
    r"doubts?|doubtful|without|lacks?|lacking|devoid|cannot|impossible|isnt|doesnt|dont|wasnt|arent|"
    r"cant|couldnt|fails?\s+to|rules?\s+out|excludes?|far\s+from|anything\s+but|nowhere\s+near|"
    r"rather\s+than|instead\s+of|as\s+opposed\s+to|than|free\s+(?:of|from)|absence\s+of|"
    r"too\s+[\w-]+(?:\s+and\s+[\w-]+)?\s+to)\b|n't\b"
)
AFFIRMATIVE = re.compile(
    r"\b(?:no|without(?:\s+an?y?)?|beyond(?:\s+an?y?)?)\s+(?:\w+\s+)?(?:doubt|question|mistake|wonder)\b|"
    r"\bnot\s+(?:only|just|merely|simply)\b|\bbut\s+rather\b|\bno\s+longer\s+in\s+doubt\b|"
    r"^\W*(?:yes|no|nope|yeah)(?=\s*(?:this|it|the\s|i\s|that))|"
    r"\b(?:can't|cannot|can\s+not)\s+(?:help\s+but|be\s+anything\s+but|be\s+anything\s+other\s+than)\b"
)
"""Phrases with a negator in them that negate nothing."""

UNDECIDED = re.compile(
    r"\b(?:whether|if|may\s+or\s+may\s+not|either|unclear|uncertain|inconclusive|undetermined|"
    r"not\s+necessarily|unsure|(?:isn't|not)\s+(?:entirely\s+|completely\s+|totally\s+|fully\s+|100\s*%\s+)?"
    r"(?:sure|certain|clear|possible|obvious|able)|unable\s+to|"
    r"(?:not|n't|cannot|impossible\s+to|hard\s+to|difficult\s+to|tough\s+to)\s+"
    r"(?:(?:be|really|definitively|definitely|reliably|say|for)\s+)*"
    r"(?:sure|certain|say|tell|know|determine|judge|assess|confirm|verify|conclude|decide|rule\s+out|"
    r"distinguish|establish|identify|classify)|"
    r"would|unlike|compared\s+(?:to|with)|supposed\s+to|"
    r"(?:made|designed|edited|meant|intended|trying|tries|attempts?|attempting|pretend(?:s|ing)?|"
    r"aims?|claims?|claimed|purports?|purported|wants?|expected)\s+to|to\s+(?:look|appear|seem|pass)|"
    r"passe[sd]?\s+(?:as|for)|mistaken\s+for|mimics?|imitat\w+|simulat\w+|resembl\w+)\b"
)
"""In front of a mention: it is then no verdict, whatever it says."""

CONCESSION = re.compile(
    r"\b(?:although|though|even\s+if|despite|while|whereas|thought|assumed|initially|at\s+first|"
    r"on\s+the\s+surface|first\s+(?:glance|sight|impression)|superficially|might\s+look|may\s+look|"
    r"may\s+appear|might\s+appear|may\s+seem|might\s+seem|could\s+pass|passably)\b"
)
CONCESSION_AFTER = re.compile(
    r"\s*(?:(?:image|photo|photograph|picture|one)\s+)?(?:at\s+first|on\s+the\s+surface|superficially|initially)\b"
)

BE = (
    r"(?:is|was|are|were|be|been|being|remains|'s|isn't|wasn't|aren't|weren't|isnt|wasnt|arent|"
    r"counts\s+as)"
)
SEEM = r"(?:looks?|looked|looking|appears?|appeared|seems?|seemed|feels?|comes\s+across)"
REPORT = (
    r"(?:classif(?:y|ied)|consider(?:ed)?|judged?|deem(?:ed)?|labell?ed|label|call(?:\s+(?:it|this))?|"
    r"identif(?:y|ied)|flag(?:ged)?|rated?|regard(?:ed)?|mark(?:ed)?|"
    r"(?:i|i'd|i'll|we)\s+(?:\w+\s+)?(?:say|guess|think|believe|suspect|vote|conclude|go\s+with)|"
    r"lean(?:s|ing)?\s+towards?|conclude|concluded\s+to)"
)
SUBJECT = (
    rf"(?:\b(?:this|that|it|these|they)(?=\s*(?:'s|isnt|wasnt|{BE}\b|{SEEM}\b|,|"
    r"(?:[\w']+ly|may|might|could|can|can't|cannot|must|should|do|does|doesn't|don't|didn't|did|has|"
    r"also|most|not|just|indeed|all|either|isn't|wasn't|aren't|has|have|still|no)\b))|"
    rf"(?<!of )(?<!of the )(?<!of this )(?<!in the )(?<!in this )(?<!on the )(?<!within the )"
    rf"(?<!throughout the )(?<!across the )\b{IMAGE}s?\b)"
)
PART_SUBJECT = rf"\b{PART}s?\b"

SIGNS = re.compile(
    r"\b(?:signs?|evidence|indications?|indicators?|traces?|hallmarks?|characteristics?|typical|"
    r"characteristic|indicative|consistent|suggest(?:s|ive|ing)?|indicat(?:es?|ing)|points?\s+to|"
    r"common|seen|found|artifacts?|artefacts?)\b"
)
MANIPULATION = re.compile(
    r"\b(?:manipulation|tampering|ai[\s-]generation|forgery|editing|splicing|alteration|fakery|"
    r"digital\s+alteration|image\s+synthesis|being\s+(?:fake|edited))\b"
)

MARKER = (
    r"(?:verdict|answer|conclusion|classification|label|prediction|judge?ment|assessment|"
    r"determination|decision|result|authenticity|opinion)"
)
MARKED = re.compile(rf"\b{MARKER}\b\s*(?:is|:|=|-+>?|would\s+be|>)|\bboxed\s*[{{]")
"""What announces a final verdict."""
