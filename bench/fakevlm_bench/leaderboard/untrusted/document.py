"""``submission.json``: strict JSON, then the schema, then the folder that it stands in."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench.files import sha256_file
from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.schema import submission_schema
from fakevlm_bench.leaderboard.truth import folder_name
from fakevlm_bench.leaderboard.untrusted import folder as files
from fakevlm_bench.leaderboard.untrusted import strict_json

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


def read_document(folder: Path) -> dict[str, Any]:
    """Check a submission's folder and document, and give the document.

    Args:
        folder: ``…/<task>@<version>/<slug>``.

    Raises:
        Refused: The folder holds what does not belong there, the document does not
            follow the schema, or it does not describe this folder.
    """
    present = files.check_folder(folder)
    data = files.read_bytes(folder / files.SUBMISSION, limits.JSON_BYTES)
    document = strict_json.loads(data, files.SUBMISSION)
    check_schema(document)
    _check_place(document, folder)
    _check_files(document["files"], present, folder)
    checked: dict[str, Any] = document
    return checked


@functools.cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(submission_schema())


def check_schema(document: Any) -> None:
    """Hold a document against the JSON Schema.

    Raises:
        Refused: With the place of the first fault, and what would be right.
    """
    faults = sorted(
        _validator().iter_errors(document), key=lambda fault: list(map(str, fault.path))
    )
    if faults:
        raise RefusalError(f"{files.SUBMISSION}: {_in_words(faults[0])}")


def _in_words(fault: ValidationError) -> str:
    place = ".".join(map(str, fault.path)) or "the document"
    found = shown(fault.instance)
    rule, wanted = str(fault.validator), fault.validator_value
    if place.endswith(("paper", "code")):
        return f"{place}: {found} is not an https link (or null)"
    if rule == "pattern" and wanted == "^[^<>]*$":
        return f"{place}: no markup, so no < or > in {found}"
    if rule == "additionalProperties":
        extra = sorted(set(fault.instance) - set(fault.schema.get("properties", ())))
        return f"{place}: unknown key {shown(extra[0])}"
    if rule == "required":
        missing = sorted(set(wanted) - set(fault.instance))
        return f"{place}: {missing[0]} is missing"
    if "propertyNames" in fault.schema_path:
        return f"{place}: {found} is no name that is allowed here"
    return f"{place}: {found} does not satisfy {rule} {shown(wanted, 120)}"


def _check_place(document: Mapping[str, Any], folder: Path) -> None:
    protocol = document["protocol"]
    key = f"{protocol['task']}@{protocol['version']}"
    if (folder.resolve().parent.name, folder.resolve().name) != (
        folder_name(key),
        document["slug"],
    ):
        raise RefusalError(
            f"{files.SUBMISSION}: describes {key}/{document['slug']}, "
            f"but stands in {shown(folder.resolve().parent.name)}/{shown(folder.resolve().name)}"
        )


def _check_files(listed: Mapping[str, str], present: Mapping[str, int], folder: Path) -> None:
    for name in sorted(set(listed) ^ (set(present) - {files.SUBMISSION})):
        where = "listed but not there" if name in listed else "there but not listed under files"
        raise RefusalError(f"{files.SUBMISSION}: {name} is {where}")
    for name, digest in listed.items():
        if sha256_file(folder / name) != digest:
            raise RefusalError(f"{name}: its SHA-256 is not the one in {files.SUBMISSION}")
