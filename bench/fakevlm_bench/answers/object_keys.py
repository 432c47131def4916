# ruff: noqa: SIM905
"""The keys of JSON answers: what names a verdict, a side, a measure or a region."""

NAMED = frozenset(
    (
        "answer assessment authenticity category class classification conclusion decision "
        "determination final judgement judgment label outcome output predicted prediction response "
        "result ruling verdict"
    ).split()
)
WHOLE = frozenset(
    ("answer class final image is label my overall predicted result the verdict your").split()
)
FAKE = frozenset(
    (
        "ai aigc altered artificial deepfake doctored edited fake faked forged forgery generated "
        "manipulated manipulation photoshopped spliced synthetic tampered tampering"
    ).split()
)
REAL = frozenset(
    ("authentic authenticity genuine natural original real unaltered unedited").split()
)
MEASURES = frozenset(
    (
        "an been being by chance confidence contains has image is it level likelihood made of p "
        "percent percentage photo picture prob probability score the was with"
    ).split()
)
AUXILIARIES = frozenset(
    ("an been being by contains has image is it made of photo picture the was with").split()
)
SURENESS = frozenset(("certainty confidence").split())
PLACES = frozenset(
    ("area bbox bbox_2d bounding_box box box_2d point_2d points polygon region x0 xmin").split()
)
YES = frozenset(("1 1.0 true y yes").split())
NO = frozenset(("0 0.0 false n no none").split())
