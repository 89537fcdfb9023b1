"""What each line of the company's lists is called: the codes that files and forms write."""

from collections.abc import Mapping
from functools import cached_property

from sqlalchemy import select

from storage.db import Tx
from storage.tables.company import contracts, customers, devices, sites, systems


class Codes:
    """Looked up once when first asked for; also of what is archived."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._devices: dict[int, dict[int, str]] = {}

    @cached_property
    def customers(self) -> Mapping[int, str]:
        return self._of(customers, "code")

    @cached_property
    def contracts(self) -> Mapping[int, str]:
        return self._of(contracts, "number")

    @cached_property
    def sites(self) -> Mapping[int, str]:
        return self._of(sites, "code")

    @cached_property
    def systems(self) -> Mapping[int, str]:
        return self._of(systems, "code")

    def devices(self, site_id: int) -> Mapping[int, str]:
        """Of one site: links stay within it."""
        if site_id not in self._devices:
            chosen = select(devices.c.id, devices.c.code).where(devices.c.site_id == site_id)
            self._devices[site_id] = {row[0]: row[1] for row in self._tx.execute(chosen)}
        return self._devices[site_id]

    def _of(self, table: object, column: str) -> dict[int, str]:
        columns = table.c  # type: ignore[attr-defined]
        found = self._tx.execute(select(columns.id, columns[column]))
        return {row[0]: row[1] for row in found}
