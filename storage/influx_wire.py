"""Talking to InfluxDB 2 through its own client. Imported when first needed: 0.2 s and 20 MB."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from storage.curves import CurvesDownError
from storage.influx import Influx, InfluxDownError, PointsRefusedError

TIMEOUT_MS = 5000
_REFUSING = {400, 413, 422}  # the points are not wanted; any other answer is about the server


def write(there: Influx, lines: Sequence[str]) -> None:
    """Raises `PointsRefusedError` or `InfluxDownError`."""
    try:
        with _client(there) as client:
            writing = client.write_api(write_options=SYNCHRONOUS)
            whole = "\n".join(lines)
            precision: Any = WritePrecision.MS  # a word, whatever the client's types say
            writing.write(there.bucket, record=whole, write_precision=precision)
    except ApiException as error:
        if error.status in _REFUSING:
            raise PointsRefusedError(_words(error)) from error
        raise InfluxDownError(_words(error), _asked_to_wait(error)) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise InfluxDownError(f"{type(error).__name__}: {error}") from error


def ask(there: Influx, query: str) -> list[Mapping[str, Any]]:
    """What each record holds, by column. Raises `CurvesDownError`."""
    try:
        with _client(there) as client:
            return [record.values for record in client.query_api().query_stream(query)]
    except ApiException as error:
        raise CurvesDownError(_words(error)) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise CurvesDownError(f"{type(error).__name__}: {error}") from error


@contextlib.contextmanager
def _client(there: Influx) -> Iterator[InfluxDBClient]:
    with InfluxDBClient(
        there.url, there.token, timeout=TIMEOUT_MS, enable_gzip=True, org=there.org, retries=False
    ) as client:
        yield client


def _words(error: ApiException) -> str:
    said = getattr(error, "message", None) or error.reason or ""
    return f"{error.status}: {said}"[:500]


def _asked_to_wait(error: ApiException) -> float:
    """`Retry-After` in seconds; 0 without one."""
    headers: Mapping[str, str] = error.headers or {}
    said = str(headers.get("Retry-After", ""))
    return float(said) if said.isdecimal() else 0.0
