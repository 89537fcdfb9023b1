"""The one place where parts are made and joined. Doors receive them; they never build."""

from dataclasses import dataclass

from rules.policy import Policy
from storage.curves import Curves, Embedded
from storage.db import Database, connect
from storage.files import Files
from wiring.clock import Clock, SteadyClock
from wiring.in_force import Figures
from wiring.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    settings: Settings
    database: Database
    telemetry: Database
    figures: Figures
    clock: Clock

    @property
    def policy(self) -> Policy:
        """The figures in force at this moment; another object as soon as one has changed."""
        return self.figures.at(self.clock())

    @property
    def curves(self) -> Curves:
        """Where curves are read: the outside store if there is one, else our own tables."""
        return self.settings.influx or Embedded(self.telemetry)

    @property
    def files(self) -> Files:
        """Pictures, signatures and documents, beside the databases."""
        return Files(self.settings.data / "files")

    def close(self) -> None:
        self.database.close()
        if self.telemetry is not self.database:
            self.telemetry.close()


def assemble(settings: Settings, *, clock: Clock | None = None) -> Parts:
    database = connect(settings.main_database)
    telemetry = database
    if settings.telemetry_database != settings.main_database:
        telemetry = connect(settings.telemetry_database)
    return Parts(
        settings=settings,
        database=database,
        telemetry=telemetry,
        figures=Figures(settings.policy),
        clock=clock or SteadyClock(),
    )
