"""Writes the files of this folder, with pyarrow 25: 40 hours of one market in the encodings that its users meet."""
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

ROWS = 40


def market(decimals=False, floats=pa.float64(), nulls=False):
    i = np.arange(ROWS)
    close = 100 + (i * 37 % 11) / 4
    prices = {"open": np.roll(close, 1), "high": close + 4, "low": close - 4, "close": close, "volume": i % 5 * 1.125}
    columns = {"time": pa.array(1718830800000 + i * 3600000, type=pa.timestamp("ms", "UTC"))}
    for name, values in prices.items():
        if decimals:
            columns[name] = pa.array([Decimal(f"{v:.3f}") for v in values], type=pa.decimal128(18, 3))
        else:
            columns[name] = pa.array(values, type=floats)
    if nulls:
        columns["takerBuyVolume"] = pa.array([None if k % 3 == 0 else k % 5 * 0.5 for k in range(ROWS)])
    columns["symbol"] = pa.array(["BTCUSDT"] * ROWS)
    return pa.table(columns)


for codec in ["gzip", "brotli", "zstd", "lz4", "snappy"]:
    parquet.write_table(market(nulls=True), f"{codec}.parquet", compression=codec)
parquet.write_table(market(nulls=True), "v2.parquet", compression="zstd", data_page_version="2.0")
parquet.write_table(market(nulls=True), "crc.parquet", compression="none", write_page_checksum=True)
parquet.write_table(market(decimals=True), "decimal.parquet")
parquet.write_table(market(floats=pa.float32()), "f32.parquet")
split = {name: "BYTE_STREAM_SPLIT" for name in ["open", "high", "low", "close", "volume"]}
parquet.write_table(
    market(),
    "delta.parquet",
    use_dictionary=False,
    column_encoding={**split, "time": "DELTA_BINARY_PACKED", "symbol": "DELTA_BYTE_ARRAY"},
)
parquet.write_table(
    market(),
    "groups.parquet",
    use_dictionary=False,
    column_encoding={"symbol": "DELTA_LENGTH_BYTE_ARRAY"},
    compression="none",
    row_group_size=15,
    data_page_size=64,
)
for codec in ["uncompressed", "lz4", "zstd"]:
    feather.write_feather(market(nulls=True), f"{codec}.arrow", compression=codec, chunksize=15)
coded = market()
at = coded.schema.get_field_index("symbol")
feather.write_feather(coded.set_column(at, "symbol", coded["symbol"].dictionary_encode()), "dictionary.arrow")
feather.write_feather(market(decimals=True), "decimal.arrow", compression="lz4")
