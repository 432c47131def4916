# ruff: noqa: E501
"""The English words that the reading of answers knows, each with its part in a sentence.

A word or phrase has one or more roles; `fakevlm_bench.answers.clauses` gives them their meaning.
"""

from __future__ import annotations


class Role:
    """What a word does in a sentence about an image; a word may have several, as bits."""

    WORD = 0
    FAKE = 1 << 0  # says fake
    REAL = 1 << 1  # says real
    REAL_NOUN = 1 << 2  # says real in front of a word for images, or as the whole complement
    FORGING = 1 << 3  # nouns for what makes an image fake: manipulation, tampering
    TRUTH = 1 << 4  # nouns for being real: authenticity
    NOT = 1 << 5  # negates
    SURE = 1 << 6  # negators that negate nothing: no doubt
    REJECT = 1 << 7  # negates the statement that follows, and states it: it is not true that
    OPEN = 1 << 8  # leaves open: whether, cannot tell
    IF = 1 << 9  # begins a condition
    WOULD = 1 << 10  # imagines
    MAY = 1 << 11  # only possible
    LIKELY = 1 << 12  # hedges
    CONCEDE = 1 << 13  # although
    GLANCE = 1 << 14  # at first glance
    PRETEND = 1 << 15  # to look, supposed to: behind it nothing is stated
    OTHERS = 1 << 16  # somebody else says
    CLAIM = 1 << 17  # a verb of saying; with OTHERS as its subject
    BE = 1 << 18
    SEEM = 1 << 19
    REPORT = 1 << 20  # I think, classify as
    SHOW = 1 << 21  # shows, contains: what follows is in the image
    INDICATE = 1 << 22  # suggests, points to
    SIGN = 1 << 23  # signs, evidence
    IMAGE = 1 << 24
    IMAGES = 1 << 25
    PART = 1 << 26
    THIS = 1 << 27  # this, that: determiner or pronoun
    IT = 1 << 28
    ALL = 1 << 29  # everything, nothing
    ME = 1 << 30
    THERE = 1 << 31
    PREP = 1 << 32
    LIKE = 1 << 33
    THE = 1 << 34
    A = 1 << 35
    BUT = 1 << 36
    AND = 1 << 37
    OR = 1 << 38
    THAN = 1 << 39  # rather than, instead of: negates what follows
    BECAUSE = 1 << 40
    WHICH = 1 << 41
    ADVERB = 1 << 42
    HALF = 1 << 43  # partly
    REVISE = 1 << 44  # actually, on second thought
    HEAD = 1 << 45  # verdict, answer: announces
    YES = 1 << 46
    NO = 1 << 47
    NUMBER = 1 << 48
    PERCENT = 1 << 49
    CHANCE = 1 << 50  # probability of what follows
    SURENESS = 1 << 51  # confidence: sure of what is said
    DO = 1 << 52
    SKIP = 1 << 53  # parentheses: in my opinion
    COMMA = 1 << 54
    COLON = 1 << 55
    DASH = 1 << 56
    OPENING = 1 << 57
    CLOSING = 1 << 58
    SLASH = 1 << 59
    QUOTE = 1 << 60
    STOP = 1 << 61
    QUESTION = 1 << 62
    LINE = 1 << 63
    LIST = 1 << 64  # options, labels: what follows is only listed
    VERBAL = 1 << 65  # verbs that end a phrase
    TO = 1 << 66


MADE_WORDS = ("generated", "created", "made", "produced", "synthesized", "synthesised", "rendered",
         "manipulated", "edited", "altered", "modified", "fabricated", "faked", "enhanced",
         "constructed", "crafted", "drawn", "painted", "composed", "invented", "built")  # fmt: skip
BY_WHOM = ("ai", "gan", "cg", "diffusion", "computer", "machine", "digitally", "artificially",
       "synthetically", "algorithmically", "photoshop", "algorithm", "robot", "cgi", "deepfake",
       "midjourney", "model", "software", "electronically", "fully", "stable-diffusion",
       "neural-network", "a.i")  # fmt: skip

PHRASES: dict[int, str] = {
    Role.FAKE: """
        fake|fakes|faked|faux|bogus|phony|phoney|forged|forgery|forgeries|counterfeit|fabricated|
        fabrication|inauthentic|unauthentic|nonauthentic|doctored|hoax|sham|synthetic|synthesized|synthesised|
        artificial|cgi|3d render|3d rendering|3d-rendered|3d rendered|cg render|digital render|digital rendering|
        digitally rendered|computer rendering|computer graphics|computer-graphics|cg|deepfake|deepfakes|deepfaked|
        deep fake|deep fakes|deep-fake|deep-fakes|manipulated|tampered|tampered with|altered|edited|
        modified|photoshopped|photo-shopped|photoshop job|photoshop work|photoshop composite|photoshop creation|photoshop montage|photoshop fake|retouched|airbrushed|composited|composite|composite image|
        spliced|inpainted|face-swapped|face swapped|faceswap|faceswapped|face swap|face-swap|swapped|generated|ai|ai art|ai-art|ai artwork|
        generative ai|ai creation|ai work|ai image|ai-image|ai picture|ai photo|falsified|fictitious|unreal|
        photomontage|photo montage|collaged|morphed|machine-made|man-made|computerized|computerised|
        digital fabrication|digital creation|digital forgery|digital fake|digital composite|digital artwork|
        digital art|digital painting|digital illustration|not-real|cloned|fraudulent|rigged|cooked up|ai slop|
        gan image|diffusion image|non-real|text-to-image|imitation|digitally made|
        computer-aided creation|image synthesis product|reenacted|face-reenacted|counterfeited|concocted|forge
    """,
    Role.REAL: """
        real|genuine|authentic|legitimate|legit|bona fide|bonafide|bona-fide|unaltered|unedited|unmanipulated|
        unmodified|undoctored|untampered|untampered with|untouched|unfaked|unretouched|unadulterated|pristine|camera-captured|
        camera-taken|camera captured|camera original|camera-original|real deal|real thing|real mccoy|camera photo|camera photograph|camera picture|camera image|camera shot|camera snapshot|
        veritable|unforged|unphotoshopped|unprocessed|untampered-with|real-life photo|
        real-life photograph|real-life image|real-life picture|real-world photo|real-world photograph|
        real-world image|real-world picture|real life photo|real life photograph|real life image|
        real world photo|real world photograph|real world image|straight out of camera|straight out of the camera|
        above board|kosher|human-taken
    """,
    Role.REAL_NOUN: "natural|original|actual|true|untreated|ordinary camera|organic",
    Role.FORGING: """
        manipulation|manipulations|tampering|ai generation|ai-generation|ai involvement|ai synthesis|forging|editing|edits|edit|
        splicing|alteration|alterations|fakery|faking|digital alteration|image synthesis|synthesis|synthetic generation|
        digital manipulation|photo manipulation|image manipulation|ai manipulation|ai editing|ai-editing|
        retouching|photoshop|photoshopping|doctoring|fabricating|face swapping|face-swapping|deepfakery|
        inpainting|post-processing manipulation|ai artifacts|ai artefacts|generation artifacts|generation artefacts|
        artificial generation|computer generation|digital editing|modification|modifications|compositing|being fake|foul play|fakeness|artificiality|syntheticness
    """,
    Role.TRUTH: "genuinity|authenticity|genuineness|legitimacy|realness|being real",
    Role.NOT: """
        has not been|have not been|had not been|hasn't been|haven't been|hadn't been|hasnt been|not|never|no|none|nothing but lies|neither|nor|hardly|barely|scarcely|unlikely|improbable|doubt|doubts|doubted|doubtful|
        dubious|without|lack|lacks|lacking|lacked|devoid|cannot|can not|impossible|implausible|isnt|doesnt|dont|wasnt|arent|cant|couldnt|
        didnt|hasnt|wont|wouldnt|isn't|aren't|wasn't|weren't|doesn't|don't|didn't|hasn't|haven't|hadn't|can't|couldn't|won't|wouldn't|wouldn't have|
        ain't|aint|shouldn't|mustn't|needn't|fail to|fails to|failed to|rule out|rules out|ruled out|exclude|excludes|excluded|
        far from|anything but|nowhere near|nowhere close to|not anywhere near|free of|free from|absence of|denies|deny|denied|reject|rejects|rejected|
        disagree|dispute|refute|refutes|in no way|by no means|in no sense|at no point|on no account|under no circumstances|no longer|
        there is no way|there's no way|no way|nobody|no one|no-one|unable to pass|less|least|little chance|there is little|there's little|little about|little to suggest|little evidence|little reason|slim chance|low probability|low likelihood|low chance|small chance|small probability|
        any other than|not in the slightest|not in the least|nope|nowise|no part|no part of|none of|nothing|no chance|
        zero|disbelieve|disprove|disproves|contradicts|contradict|argues against|speak against|speaks against|rules|wrongly|hard to believe|difficult to believe|hard to imagine|difficult to imagine|hard to accept|tough to believe|struggle to believe|unconvincing as|not even|not remotely|refuse to believe|
        hesitate to|hesitant to|ain't no way|ain't no|isn't no|slim to none|the opposite of|a long way from|miles away from|miles from|light years from|light-years away from|a far cry from|the very opposite of|the exact opposite of|worlds away from|the antithesis of
    """,
    Role.SURE: """
        no doubt|any doubt|no question|without a doubt|without doubt|without any doubt|without question|without any question|no doubts|
        beyond doubt|beyond a doubt|beyond any doubt|beyond question|beyond reasonable doubt|beyond a reasonable doubt|beyond a shadow of a doubt|beyond any reasonable doubt|little doubt|no mistake|
        no mistaking|no mistake about it|not only|not just|not merely|not simply|no longer in doubt|no reason to doubt|no wonder|
        there is no doubt that|there's no doubt that|there is no doubt|without hesitation|without any hesitation|
        cannot help but|can't help but|cannot be anything but|can't be anything but|cannot be anything other than|
        can't be anything other than|nothing but|nothing other than|nothing more than|nothing less than|none other than|not other than|don't doubt|do not doubt|
        doesn't take long|no secret|not without reason|no less than|not to mention|as not to|needless to say|
        no denying|no denying that|no getting around|no uncertainty|not in doubt|no matter|not hard to see|not difficult to see|
        not surprising|not surprisingly|no surprise|nevertheless|doubtless|undoubtedly|no hesitation|not wrong|no exaggeration
    """,
    Role.REJECT: """
        not the case|not true|untrue|isn't true|isn't the case|false that|incorrect that|wrong that|false to|wrong to|incorrect to|would be wrong|
        would be incorrect|would be a mistake|would be false|would be inaccurate|mistake to|would be misleading|misleading to|a mistake|inaccurate to|
        not correct|isn't correct|not right|would be a stretch|not accurate to|out of the question that|out of the question|
        be lying if i said|lying if i said|lying if i called|be surprised if|be amazed if|be astonished if|be shocked if
    """,
    Role.OPEN: """
        whether|may or may not|might or might not|unclear|uncertain|inconclusive|undetermined|not necessarily|unsure|undecided|ambiguous|
        not sure|not certain|not clear|not entirely sure|not entirely certain|not completely sure|not completely certain|not totally sure|
        not fully sure|not possible|not obvious|not able|isn't clear|isn't possible|isn't certain|isn't obvious|unable to|not 100 % sure|not 100% sure|
        cannot tell|can't tell|cannot say|can't say|cannot determine|can't determine|cannot judge|cannot confirm|can't confirm|
        cannot verify|can't verify|cannot be certain|cannot be sure|can't be sure|can't be certain|cannot conclude|can't conclude|cannot decide|
        can't decide|cannot know|can't know|cannot assess|can't assess|cannot definitively|can't definitively|cannot reliably|can't reliably|
        cannot be determined|can't be determined|cannot be confirmed|cannot be verified|cannot be established|can't be verified|could not determine|couldn't determine|
        cannot distinguish|can't distinguish|cannot rule out|can't rule out|cannot be ruled out|can't be ruled out|cannot exclude|cannot guarantee|can't guarantee|
        impossible to say|impossible to tell|impossible to know|impossible to determine|impossible to judge|impossible to confirm|impossible to be|
        impossible to verify|impossible to conclude|impossible to decide|impossible to rule out|impossible to distinguish|impossible to definitively|
        hard to say|hard to tell|hard to know|hard to determine|hard to judge|hard to be|hard to distinguish|hard to confirm|
        difficult to say|difficult to tell|difficult to know|difficult to determine|difficult to judge|difficult to be|difficult to distinguish|
        difficult to definitively|difficult to confirm|difficult to rule out|tough to say|tough to tell|tricky to say|tricky to tell|
        not enough evidence|not enough information|insufficient evidence|insufficient information|no opinion|don't know|do not know|doesn't know|
        do not have enough|don't have enough|not conclusive|cannot definitively say|no idea|no way to tell|no way of telling|no way of knowing|no way to know|
        i wonder|wondering|question of|questionable|debatable|up for debate|remains open|remains to be seen|it depends|depends on|
        neither confirm|neither confirm nor deny|not confident|not convinced either way|can't be certain|not determinable|undeterminable|indeterminate|
        the claim|the idea|the notion|the hypothesis|the possibility|the assumption|the theory|the suggestion|equally likely|just as likely|
        equally possible|as likely as|asked if|asked about|determine if|to decide if|decide if|see if|tell if|say if|know if|check if|assess if|evaluate if|
        judge if|verify if|distinguish|distinguishing|differentiate|tell apart|won't guess|will not guess|refrain from|decline to|reluctant to|
        does not tell|doesn't tell|do not tell|cannot prove|can't prove|does not prove|doesn't prove|not proof|no proof|not evidence|not mean|doesn't mean|doesn't necessarily mean|
        not possible to|nobody can say|no one can say|love to say|love to believe|love to think|love to call|like to believe|like to think|i wish|wish i could|i hope|hope that|want to believe|wanted to believe|want it to be|not convinced that|not convinced it|not persuaded|not sold on|let us assume|let's assume|let us suppose|let's suppose|let's say|let us say|let's pretend|for the sake of argument|tell real from|tell fake from|could go either way|inconclusively|asks|asks me|to determine|possibly either|
        does not mean|reportedly|rumoured to be|rumored to be|in theory|theoretically|hypothetically|on paper|nowadays|these days|supposedly|allegedly|purportedly|ostensibly|as if|as though|pseudo
    """,
    Role.IF: "if|unless|suppose|supposing|assuming|imagine|in case|provided that|were it|were this|otherwise|should it",
    Role.WOULD: "would|wouldn't|would've|would have|wouldn't have|ought to|'d expect|'d have",
    Role.MAY: "may|might|could|can|possibly|perhaps|maybe|conceivably|potentially|possible|may well|might well|could well|plausibly|could've|might've",
    Role.LIKELY: """
        probably|likely|most likely|very likely|highly likely|presumably|apparently|seemingly|almost certainly|more likely|more than likely|
        in all likelihood|in all probability|almost surely|arguably|likelier|quite likely|extremely likely|rather likely|probable|highly probable|
        most probably|very probably|good chance|strong chance|high chance|high probability|high likelihood|strong likelihood|strong possibility|odds are
    """,
    Role.CONCEDE: """
        although|though|even though|even if|despite|in spite of|notwithstanding|while|whereas|albeit|thought|assumed|admittedly|granted|granted that|
        true enough|it is easy to think|easy to think|tempting to think|easy to believe|easily think|why people think|why someone might think|
        why one might think|why some might think|was about to say|was about to answer|was about to|was going to say|was going to answer|was going to|were going to|almost said|nearly said|almost answered|been told|i read that|i read somewhere|read somewhere|word is|rumor has it|rumour has it|
        is said to be|said to be|believed to be|is believed to be|is thought to be|thought to be|has been called|been called|has been labelled|has been labeled|would have said|said|i said|was tempted to|first thought|no matter how|however much|regardless of how|could be mistaken for|
        was inclined to|mistakenly|one might think|you might think|some might think|one may think|you would think|you'd think|one would think|many would take|passably|as one might think|
        people may think|people might think|viewers may think|many may think|previously|earlier|inclined to say at first|used to think|had assumed|had thought|
        old answer|previous answer|old verdict|previous verdict|original answer|original verdict|first verdict|initial verdict|prior answer|prior verdict|earlier answer|earlier verdict|formerly|the old answer|
        the first answer|first answer|my first answer|my initial answer|first answer was|initial answer|initial impression|my initial impression|first impression|my first impression|my first guess|first guess|first instinct|my first instinct|my initial guess|initial guess
    """,
    Role.GLANCE: """
        at first|at first glance|at a first glance|at first sight|at first look|on first glance|on first look|on first sight|at a glance|at a quick glance|at quick glance|
        initially|on the surface|superficially|upon first glance|upon first inspection|on first inspection|from afar|from a distance|first glance|first sight
    """,
    Role.PRETEND: """
        to look|to look like|to appear|to seem|to pass|to pass as|to pass for|supposed to|made to|designed to|meant to|intended to|trying to|tries to|attempts to|attempt to|
        attempting to|tried to|pretend to|pretends to|pretending to|aims to|aiming to|claims to|claimed to|purports to|purported to|wants to|want to|expected to|passes as|
        passes for|passed as|passed off as|mistaken for|mimic|mimics|mimicking|mimicked|imitate|imitates|imitating|imitated|simulate|simulates|simulating|
        simulated|resemble|resembles|resembling|resembled|supposed|unlike|compared to|compared with|in contrast to|in comparison to|in comparison with|as compared to|contrary to|
        similar to|differs from|different from|differ from|pass as|pass for|pass off as|reminiscent of|masquerading as|disguised as|posing as|as opposed to what|
        what one would expect|one would expect|you would expect|would expect|expected of|expect from|the look of|has the look of|look of|feel of|an air of|emulates|emulating|close to|almost|nearly|bordering on|could pass|distinct from|to distinguish from|than in|
        in real life|real life|in the real world|real world|real estate|real time|real-time|real words|real-life|real-world|real-looking|fake-looking|fake news|fake name|unreal engine|as real as|as fake as|so real|ai language model|
        an ai assistant|an ai model|as an ai model|ai assistant|ai model|ai models|ai tools|ai tool|ai detectors|ai detector|ai detection|ai generator|ai generators|ai systems|ai-free|ai system
    """,
    Role.OTHERS: """
        user|users|someone|somebody|people|some|others|other|caption|captions|metadata|watermark|viewers|viewer|critics|they|you|many|many people|one|experts|
        sign|headline|title|poster|article|author|prompt|text|label on|uploader|observer|observers|he|she|reader|readers|everyone|anyone|source|description|filename|file name|file
    """,
    Role.CLAIM: """
        claim|claims|claimed|says|say|stated|states|asserts|asserted|argue|argues|argued|alleged|alleges|reads|insists|insisted|suggested|reports|reported that|
        thinks|believes|told me|tells|told|assume|assumes|asked|wrote|writes|labels it|calls it
    """,
    Role.BE: """
        is|was|are|were|be|been|being|am|remains|remain|'s|isn't|aren't|wasn't|weren't|ain't|isnt|wasnt|arent|aint|ain't no|isn't no|counts as|has been|have been|had been|hasn't been|haven't been|
        has not been|have not been|had not been|can only be|could only be|turns out to be|turned out to be|proves to be|proved to be|constitutes|represents|
        is considered|got|gets|becomes|it's|that's|this's|they're|there's|he's|she's|what's|undergone|has undergone|underwent|subjected to|stems from|comes from|came from|originates from|
        belongs to|belong to|falls into|falls under|fall into|qualifies as|qualify as|is classified as|is to be|hasnt been|amounts to|equals
    """,
    Role.SEEM: """
        look|looks|looked|looking|appear|appears|appeared|appearing|seem|seems|seemed|seeming|feel|feels|felt|comes across|come across|came across|sounds|strikes me as|strike me as|
        gives the impression of|gives the impression|smells like|screams|smacks of|reeks of|comes off|come off
    """,
    Role.REPORT: """
        reject as|rejected as|dismiss as|dismissed as|discard as|discarded as|accept as|accepted as|accept it as|reject it as|flag as|flagged as|confirmed as|verified as|classify|classified|classifies|classifying|consider|considered|judge|judged|deem|deemed|label|labeled|labelled|labelling|labeling|call|called|calling|identify|identified|flag|flagged|
        rate|rated|regard|regarded|mark|marked|categorize|categorized|categorise|categorised|say|guess|think|believe|suspect|vote|voting|conclude|concluded|concluding|go with|going with|
        lean|leaning|lean towards|leaning towards|lean toward|leaning toward|leans towards|opt for|choose|chose|chosen|pick|select|selected|bet|wager|argue|maintain|assert|assess|assessed|determine|determined|
        certain|sure|confident|convinced|positive|certain that|convinced that|answer with|answering|settle on|settle for|decide on|decided on|decide that|declare|diagnose|predict|predicted|estimate|estimated|evaluate|
        evaluated|find|found|see|treat|treated|see it as|change my answer to|changing my answer to|change my verdict to|change my mind to|revise my answer to|
        switch to|correct my answer to|stick with|my money is on|going for|go for|put it down as|am of the opinion|inclined to say|tend to say|describe|described|interpret|recognize|recognise|perceive|view|interpreted|took|take|taken|believed|expect|
        feel that|note that|notice that|noted that|denounce|state|stating|confirm that|affirm|can see that|understood|known|agree|agree that|agreed|realize|realise|realized|admit|know|tell you
    """,
    Role.SHOW: """
        shows|showing|depicts|depicting|contains|containing|features|featuring|displays|displaying|exhibits|exhibiting|captures|capturing|presents|presenting|includes|including|
        has|have|having|had|portrays|portraying|holds|holding|wears|wearing|uses|using|show|contain|depict|feature|display|exhibit|include|says|reads|surrounded|combines|combining|mixes|blends|mixing
    """,
    Role.INDICATE: """
        suggest|suggests|suggesting|suggestive of|suggested|indicate|indicates|indicating|indicative of|point to|points to|pointing to|point toward|point towards|points towards|points toward|pointing towards|
        imply|implies|implying|prove|proves|proving|reveal|reveals|revealing|confirm|confirms|confirming|shows that|show that|showing that|demonstrates|demonstrate|demonstrating|
        consistent with|typical of|characteristic of|common in|common to|typical for|hallmark of|hallmarks of|evidences|support the conclusion|supports the conclusion|
        supports|support|signal|signals|hint at|hints at|betray|betrays|give away|gives away|attest to|consistent|makes it clear|make it clear|lead me to believe|leads me to believe|
        lead to the conclusion|leads to the conclusion|leads me to conclude|lead me to conclude|the conclusion|often seen in|commonly seen in|commonly found in|frequently seen in|associated with|speaks for|speak for|
        favours|favors|favouring|establish|establishes|tells me|tell me|convinces me|convince me|persuade me|result of|product of|work of|output of
    """,
    Role.SIGN: """
        sign|signs|evidence|indication|indications|indicator|indicators|trace|traces|hallmark|hallmarks|mark|marks|artifacts|artefacts|artifact|artefact|clue|clues|symptom|symptoms|red flags|
        telltale|giveaway|giveaways|proof|characteristics|characteristic|typical|suspicion|reason to believe|reason to think|reason to suspect|reasons to believe|grounds|evidence that|features typical|flaws
    """,
    Role.IMAGE: """
        image|photo|photograph|picture|pic|snapshot|screenshot|shot|portrait|selfie|artwork|illustration|painting|video|frame|footage|file|document|scan|one|still|jpeg|jpg|png|
        content|deal|item|sample|capture|video frame|category|class|photography|photographic|img|drawing|clip|depiction|visual|specimen|piece|creation|work|rendering|rendition|exposure|example|graphic|input|case
    """,
    Role.IMAGES: """
        images|photos|photographs|pictures|pics|snapshots|screenshots|shots|portraits|selfies|artworks|illustrations|paintings|videos|frames|documents|scans|ones|stills|fakes often|creations|samples|cases
    """,
    Role.PART: """
        face|faces|person|people|man|woman|child|boy|girl|scene|subject|object|objects|animal|region|area|background|human|humans|individual|someone|creature|place|location|event|hair|skin|eyes|hands|hand|
        everything else|rest|foreground|sky|body|lips|mouth|teeth|nose|ears|parts|part|elements|element|details|section|portion|half|areas|regions|identity
    """,
    Role.THIS: "this|that|these|those|that's|this's",
    Role.IT: "it|it's|its authenticity|they|they're|itself|'tis|whole thing|the whole thing|the entire thing|thing",
    Role.ALL: "everything|nothing|all|overall impression",
    Role.ME: "i|we|i'd|i'll|i'm|i've|we'd|me|let me|my",
    Role.THERE: "there|there's|here",
    Role.PREP: """
        of|in|from|for|with|at|on|within|throughout|across|between|among|inside|around|near|behind|under|over|against|during|through|by|into|onto|like|via|upon|about|toward|towards|per|above|below|beyond|regarding|next to|beside|alongside|according to
    """,
    Role.LIKE: "like|as|as a|as an",
    Role.THE: "the|its|my|your|our|their|given|provided|entire|whole|attached|uploaded|presented|submitted|said image|above|such",
    Role.A: "a|an|another|one of|some",
    Role.BUT: """
        but|however|yet|nevertheless|nonetheless|instead|in fact|in reality|in actuality|in truth|on the contrary|quite the opposite|to the contrary|on the other hand|but rather|but instead|but in fact|
        but actually|still|that said|having said that|even so|in practice|in practise|only to|conversely|much rather|quite the contrary|the opposite is true
    """,
    Role.AND: "and|as well as|&|plus",
    Role.OR: "or|nor|vs|vs.|versus|v.s.",
    Role.THAN: "rather than|instead of|as opposed to|than|rather than being|instead of being|as opposed to being|in place of|in lieu of|except|other than|more so than",
    Role.BECAUSE: "because|because of|since|due to|given that|owing to|thanks to|so|therefore|thus|hence|consequently|as a result|accordingly|where|who|whose|judging by|judging from|based on|considering|given",
    Role.WHICH: "which",
    Role.HALF: "partly|partially|half|semi|part|in part|somewhat|mixture of|mix of|blend of|combination of|both|hybrid",
    Role.REVISE: """
        actually|on second thought|on second thoughts|on reflection|on closer inspection|upon closer inspection|wait|scratch that|correction|a closer look|after a closer look|on a closer look|looking closer|
        now|i now|finally|in conclusion|to conclude|overall|in the end|ultimately|i was wrong|my mistake|i take that back|rather|final|upon closer examination|on closer examination|upon reflection|having zoomed in|
        i meant|i mean|i meant to say|i misspoke|just kidding|strike that|make that|let me correct myself|i stand corrected|my apologies|apologies|i take back what i said|oops|
        sorry i meant|i correct myself|let me rephrase|correcting myself|i made a mistake|i got that wrong|that was wrong|that was a mistake|ignore that|disregard that|forget that|
        taken together|all things considered|all in all|in summary|to sum up|in sum|in short
    """,
    Role.HEAD: """
        verdict|answer|conclusion|classification|label|prediction|judgement|judgment|assessment|determination|decision|result|opinion|finding|final answer|final verdict|overall verdict|overall assessment|
        my take|revised answer|corrected answer|updated answer|revised verdict|corrected verdict|updated verdict|new answer|new verdict|second answer|amended answer|amended verdict|consensus|majority vote|majority|final vote|
        bottom line|the bottom line|tl;dr|tldr|in a word|in one word|long story short|the upshot|upshot|takeaway|in brief|in a nutshell|total|overall result|the verdict is in|whole image|category|class|type|status|output|response|diagnosis|final decision|final|evaluation|final judgment|final judgement|final classification|final label|final prediction|authenticity|image type|
        authenticity verdict|final conclusion|ruling|outcome|best guess|guess|tag|source|origin|final result|overall judgment|overall judgement|overall|nature|call|hypothesis|vote|in short|summary|tl dr|tldr|impression|overall impression|
        detection result|detection|final determination|final assessment|view|image|photo|picture|photo status|image status|image class|image classification|option|choice|my choice|choice is|pick|image authenticity
    """,
    Role.YES: "yes|yeah|yep|yup|yes indeed|indeed yes|affirmative",
    Role.NO: "no|nope|nah|negative",
    Role.PERCENT: "%|percent|per cent|pct|percentage",
    Role.CHANCE: "chance|probability|likelihood|possibility|odds|prob|p|likely|probable|score|chances|percentage|level|degree|rating",
    Role.SURENESS: "confidence|certainty|confident|certain|sure|convinced|confidence level|confidence score|conf|positive",
    Role.DO: "do|does|did|will|shall|must|should|need|must be|should be|didn't|doesn't|don't|won't|has to be|have to be|has to",
    Role.SKIP: """
        in my opinion|in my view|in my assessment|in my judgment|in my judgement|as far as i can tell|as far as i can see|from what i can see|from what i can tell|to my eye|to my eyes|for me|to me|if you ask me|
        if i had to guess|if i had to choose|if i had to decide|if i had to say|if i had to pick|if i must choose|if i must guess|if forced to choose|if forced to guess|if pressed|indeed|in general|generally|
        after careful inspection|after careful analysis|upon careful analysis|upon examination|upon inspection|upon examining|on balance|it is worth noting that|please note|of course|at all|to be|in my estimation|in any way|in any sense|in this case|in this instance|
        for sure|for certain|beyond that|from my perspective|by the way|quite frankly|to be honest|to be clear|frankly|honestly|clearly|i'm afraid|of all|as such|or other|of some kind|of some sort|by all accounts|by the look of it|by the looks of it|from the looks of it|
        as it were|the fact|the fact that|fact that|so to speak|in other words|that is|namely|after all|at best|for real|without exception|a kind of|a sort of|kind of|sort of|some kind of|some sort of|a piece of|a case of|an example of|
        an instance of|a form of|a type of|anything but convincing|for a second|my guess is|i must say|nothing else|no more no less|as a whole|in its entirety|in question|for this image|of this image|of the image|when you look closely|if you look closely|if you look at it closely|if you zoom in|when looking closely|when zooming in|
        to call it|to say that it is|it goes without saying that|it goes without saying|goes without saying that|goes without saying
    """,
    Role.LIST: """
        options|choices|labels|candidates|classes|categories|choose one|choose between|choose from|select one|pick one|possible answers|possible labels|answer options|the candidates are|possible labels are|please answer with|answer with one of|
        reply with|respond with|please answer|one of the following|either|the question is|the question was|question|the task is|the task was|task|your task|my task|you asked|was asked|were asked|i was asked|you want to know|want to know|asked me|prompt|instructions|allowed answers|valid answers|legend|scale|note on labels
    """,
    Role.VERBAL: "tend|tends|often|usually|typically|rarely|differ|differs|make|makes|need|needs|want|wants|give|gives|gave|keep|keeps|bend|bends|work|works|come|comes|goes|go|happen|blur|melt",
    Role.TO: "to|too",
    Role.ADVERB: """
        very|really|quite|rather|pretty|just|also|even|truly|definitely|certainly|surely|clearly|obviously|most|more|all|only|simply|still|indeed|totally|completely|entirely|fully|highly|strongly|absolutely|always|almost always|100|well|then|much|so|too|enough|
        ever|necessarily|anymore|any|either|itself|once|heavily|slightly|non|again|first|here|okay|ok|hmm|please|both|as|good|high|quality|high-quality|convincing|clear|obvious|perfect|perfectly|evidently|plainly|in|fact|sorry|ultra|hyper|super|extremely|remarkably|incredibly|mostly|largely|primarily|essentially|basically|effectively|purely|wholly|not-so
    """,
}
