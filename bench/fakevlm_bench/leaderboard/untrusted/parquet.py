"""Parquet of strangers: the footer is held against what is expected before anything is decoded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_MAGIC = b"PAR1"
_CODECS = frozenset(("UNCOMPRESSED", "SNAPPY", "ZSTD", "GZIP", "LZ4", "BROTLI"))
_TEXT_LIMITS = {
    "text": limits.TEXT_CHARACTERS,
    "attack": limits.ATTACK_CHARACTERS,
    "mask": limits.MASK_CHARACTERS,
    "heat_map": limits.HEAT_MAP_PIXELS,
}
_SHORT_TEXT = 512


def read_table(path: Path, schema: pa.Schema, rows: int) -> pa.Table:
    """Read a Parquet file that must have exactly these columns and this many rows.

    Meant for a process with limits of its own (`fakevlm_bench.leaderboard.sandbox`): a page can
    still grow beyond what the footer says, and then costs that process its life.

    Raises:
        RefusalError: The footer or a column is not what is expected.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _check_frame(path)
    try:
        file = pq.ParquetFile(
            path,
            pre_buffer=False,
            thrift_string_size_limit=limits.PARQUET_FOOTER_BYTES,
            thrift_container_size_limit=100_000,
        )
        _check_footer(file, path, schema, rows)
        batches, size = [], 0
        for batch in file.iter_batches(batch_size=1024, use_threads=False):
            size += batch.nbytes
            if size > limits.PARQUET_RAW_BYTES:
                raise RefusalError(
                    f"{path.name}: decodes to more than {limits.PARQUET_RAW_BYTES} bytes"
                )
            _check_cells(batch, path)
            batches.append(batch)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RefusalError(f"{path.name}: cannot be read ({shown(reason, 100)})") from None
    table = pa.Table.from_batches(batches, schema=file.schema_arrow)
    if table.num_rows != rows:
        raise RefusalError(f"{path.name}: holds {table.num_rows} rows, its footer says {rows}")
    return table.replace_schema_metadata(None)


def _check_frame(path: Path) -> None:
    """Hold the footer's length against the file's."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(size - 8, 0))
        tail = file.read(8)
    if size < 12 or head != _MAGIC or tail[4:] != _MAGIC:
        raise RefusalError(f"{path.name}: not a Parquet file")
    footer = int.from_bytes(tail[:4], "little")
    if footer > min(size - 12, limits.PARQUET_FOOTER_BYTES):
        raise RefusalError(f"{path.name}: its footer claims {footer} bytes of a file of {size}")


def _check_footer(file: pq.ParquetFile, path: Path, schema: pa.Schema, rows: int) -> None:
    _check_columns(file.schema_arrow, path, schema)
    metadata = file.metadata
    if metadata.num_rows != rows:
        raise RefusalError(
            f"{path.name}: {metadata.num_rows} rows, but samples × conditions makes {rows}"
        )
    if metadata.num_row_groups > limits.PARQUET_ROW_GROUPS:
        raise RefusalError(f"{path.name}: {metadata.num_row_groups} row groups are too many")
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    if sum(group.num_rows for group in groups) != rows or any(g.num_rows < 0 for g in groups):
        raise RefusalError(f"{path.name}: its row groups do not add up to {rows} rows")
    raw, size = 0, path.stat().st_size
    for group in groups:
        for index in range(group.num_columns):
            chunk = group.column(index)
            raw += max(chunk.total_uncompressed_size, 0)
            if chunk.compression not in _CODECS:
                raise RefusalError(
                    f"{path.name}: compression {shown(chunk.compression)} is not allowed"
                )
            if chunk.total_compressed_size < 0 or chunk.total_compressed_size > size:
                raise RefusalError(f"{path.name}: a column claims more bytes than the file has")
    if raw > limits.PARQUET_RAW_BYTES:
        raise RefusalError(
            f"{path.name}: {raw} bytes uncompressed, at most {limits.PARQUET_RAW_BYTES} are allowed"
        )


def _check_columns(found: pa.Schema, path: Path, schema: pa.Schema) -> None:
    for name in found.names:
        if name not in schema.names or found.names.count(name) > 1:
            raise RefusalError(
                f"{path.name}: column {shown(name)} does not belong there "
                f"(allowed: {', '.join(schema.names)})"
            )
    for field in schema:
        if field.name not in found.names:
            raise RefusalError(f"{path.name}: column {field.name} is missing")
        kind = found.field(field.name).type
        if kind != field.type:
            raise RefusalError(
                f"{path.name}: column {field.name} is {shown(str(kind))}, must be {field.type}"
            )


def _check_cells(batch: pa.RecordBatch, path: Path) -> None:
    """Limit the length of every text and byte string."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for field in batch.schema:
        if pa.types.is_string(field.type) or pa.types.is_binary(field.type):
            longest = pc.max(pc.binary_length(batch.column(field.name))).as_py() or 0
            limit = _TEXT_LIMITS.get(field.name, _SHORT_TEXT)
            if longest > limit:
                raise RefusalError(
                    f"{path.name}: {field.name} of {longest} bytes, at most {limit} are allowed"
                )
