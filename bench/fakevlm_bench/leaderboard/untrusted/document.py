"""``submission.json``: strict JSON, then the schema, then the folder that it stands in."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.files import sha256_file
from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.schema import submission_schema
from fakevlm_bench.leaderboard.submission import Submission
from fakevlm_bench.leaderboard.truth import folder_name
from fakevlm_bench.leaderboard.untrusted import folder as files
from fakevlm_bench.leaderboard.untrusted import strict_json

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


def read_submission(folder: Path) -> Submission:
    """Check a submission's folder and document, and read the document.

    Args:
        folder: ``…/<task>@<version>/<slug>``.

    Raises:
        RefusalError: The folder holds what does not belong there, the document does not
            follow the schema, or it does not describe this folder.
    """
    sizes = files.check_folder(folder)
    data = files.read_bytes(folder / files.SUBMISSION, limits.JSON_BYTES)
    document = strict_json.loads(data, files.SUBMISSION)
    check_schema(document)
    submission = Submission.from_json(document)
    _check_place(submission, folder)
    _check_files(submission.files, sizes, folder)
    return submission


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(submission_schema())


def check_schema(document: object) -> None:
    """Hold a document against the JSON Schema.

    Raises:
        RefusalError: With the place of the first fault, and what would be right.
    """
    faults = sorted(
        _validator().iter_errors(document), key=lambda fault: list(map(str, fault.path))
    )
    if faults:
        raise RefusalError(f"{files.SUBMISSION}: {_in_words(faults[0])}")


def _in_words(fault: ValidationError) -> str:
    place = ".".join(map(str, fault.path)) or "the document"
    value = shown(fault.instance)
    rule, limit = str(fault.validator), fault.validator_value
    if place.endswith(("paper", "code")):
        return f"{place}: {value} is not an https link (or null)"
    if rule == "pattern" and limit == "^[^<>]*$":
        return f"{place}: no markup, so no < or > in {value}"
    if rule == "additionalProperties":
        extra = sorted(set(fault.instance) - set(fault.schema.get("properties", ())))
        return f"{place}: unknown key {shown(extra[0])}"
    if rule == "required":
        missing = sorted(set(limit) - set(fault.instance))
        return f"{place}: {missing[0]} is missing"
    if "propertyNames" in fault.schema_path:
        return f"{place}: {value} is not an allowed name"
    return f"{place}: {value} does not satisfy {rule} {shown(limit, 120)}"


def _check_place(submission: Submission, folder: Path) -> None:
    key = submission.protocol.key
    place = folder.resolve()
    if (place.parent.name, place.name) != (folder_name(key), submission.slug):
        raise RefusalError(
            f"{files.SUBMISSION}: describes {key}/{submission.slug}, "
            f"but stands in {shown(place.parent.name)}/{shown(place.name)}"
        )


def _check_files(listed: Mapping[str, str], present: Mapping[str, int], folder: Path) -> None:
    for name in sorted(set(listed) ^ (set(present) - {files.SUBMISSION})):
        where = "listed but not there" if name in listed else "there but not listed under files"
        raise RefusalError(f"{files.SUBMISSION}: {name} is {where}")
    for name, digest in listed.items():
        if sha256_file(folder / name) != digest:
            raise RefusalError(f"{name}: its SHA-256 is not the one in {files.SUBMISSION}")
