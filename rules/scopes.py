"""What a program may do at most: a token never reaches beyond the person it acts for."""

from enum import StrEnum


class Scope(StrEnum):
    """Each is asked for at one noun of the JSON API; the person's own permits come on top."""

    FAULTS_READ = "faults:read"
    FAULTS_REPORT = "faults:report"
    ORDERS_READ = "orders:read"
    ORDERS_ACT = "orders:act"
    DEVICES_READ = "devices:read"
    DEVICES_MAINTAIN = "devices:maintain"
    INSPECTIONS_READ = "inspections:read"
    CONTACT_CARDS_READ = "contact-cards:read"
    STATISTICS_READ = "statistics:read"
    ROTA_READ = "rota:read"
    ROTA_ACT = "rota:act"
    NOTICES_READ = "notices:read"
    INTAKE_READ = "intake:read"
    EVENTS_READ = "events:read"
