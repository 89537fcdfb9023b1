"""A18: the most specific of several changed figures holds, each figure alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import figures, limits
from rules.assets import Device
from rules.codes import CATALOGUE, METRICS, Sign
from rules.faults import effective
from rules.limits import ALLOWANCE, STANDBY, Given, Origin, Override, Overrides, Scope
from rules.model import CustomerId, DeviceId, DeviceType, PersonId, SiteId
from rules.policy import Limit, Policy, Silence

AT = datetime(2026, 6, 15, tzinfo=UTC)
RAISE, CLEAR = "limits.TEMP_HIGH.raise_at", "limits.TEMP_HIGH.clear_at"
TEMP = CATALOGUE["TEMP_HIGH"]


def device(**more: object) -> Device:
    values: dict[str, object] = {
        "id": DeviceId(7),
        "site_id": SiteId(3),
        "site_code": "S1",
        "code": "cam",
        "name": "cam",
        "type": DeviceType.CAMERA,
        "model": "DS-2CD",
        "enrolled_at": AT,
    }
    return Device(**{**values, **more})  # type: ignore[arg-type]


def overrides(*by: tuple[Scope, str, str, float]) -> Overrides:
    standing = [
        Override(
            id=number,
            scope=scope,
            subject=subject,
            name=name,
            value=value,
            why="because",
            made_by=PersonId(1),
            made_at=AT,
        )
        for number, (scope, subject, name, value) in enumerate(by)
    ]
    return Overrides(by=limits.by_subject(standing), customers={SiteId(3): CustomerId(5)})


EVERYONE = (
    (Scope.DEVICE, "7", RAISE, 44),
    (Scope.CUSTOMER, "5", RAISE, 43),
    (Scope.MODEL, "ds-2cd", RAISE, 42),
    (Scope.TYPE, "camera", RAISE, 41),
)


@pytest.mark.parametrize("least", range(len(EVERYONE)))
def test_device_before_customer_before_model_before_type(least: int) -> None:
    found = overrides(*EVERYONE[least:]).of(device())
    scope, _, name, value = EVERYONE[least]
    assert found[name] == Given(value, Origin(scope.value))


def test_what_is_for_others_does_not_hold() -> None:
    others = overrides(
        (Scope.DEVICE, "8", RAISE, 1),
        (Scope.CUSTOMER, "6", RAISE, 1),
        (Scope.MODEL, "ds-2", RAISE, 1),
        (Scope.TYPE, "recorder", RAISE, 1),
    )
    assert not others.of(device())
    assert not overrides((Scope.MODEL, "", RAISE, 1)).by.get((Scope.MODEL, "ds-2cd"))


def test_each_figure_alone_over_the_policy_over_the_catalogue() -> None:
    own = overrides((Scope.DEVICE, "7", CLEAR, 30), (Scope.TYPE, "camera", RAISE, 55)).of(device())
    rule = effective(TEMP, {"TEMP_HIGH": Limit(raise_at=52, raise_after_s=60)}, own)
    assert (rule.raise_at, rule.clear_at) == (55, 30)
    assert rule.raise_after == timedelta(seconds=60)
    assert rule.clear_after == timedelta(seconds=TEMP.clear_after_s)
    assert rule.limit_from is Origin.TYPE
    assert rule.origins == {
        "raise_at": Origin.TYPE,
        "clear_at": Origin.DEVICE,
        "raise_after_s": Origin.POLICY,
    }


@given(st.sampled_from(METRICS), st.floats(-1e4, 1e4), st.none() | st.floats(-1e4, 1e4))
def test_limits_of_two_places_never_cross(
    code: object, raised: float, cleared: float | None
) -> None:
    """What is bad is never good at once: tickets would flap."""
    known = CATALOGUE[code.code]  # type: ignore[attr-defined]
    own = {f"limits.{known.code}.raise_at": Given(raised, Origin.TYPE)}
    if cleared is not None:
        own[f"limits.{known.code}.clear_at"] = Given(cleared, Origin.DEVICE)
    rule = effective(code, {}, own)  # type: ignore[arg-type]
    below = code.bad_below  # type: ignore[attr-defined]
    assert rule.clear_at >= rule.raise_at if below else rule.clear_at <= rule.raise_at


def test_retention_is_the_sites_or_the_contracts_word_and_only_of_recorders() -> None:
    """Statutory 30 days unless site or contract want others; a device's own limit beats them."""
    promised = Overrides(retention={SiteId(3): Given(90, Origin.CONTRACT)})
    recorder = device(type=DeviceType.RECORDER)
    rule = effective(CATALOGUE["REC_RETENTION_LOW"], {}, promised.of(recorder))
    assert (rule.raise_at, rule.limit_from) == (90, Origin.CONTRACT)
    assert not promised.of(device())
    assert effective(CATALOGUE["REC_RETENTION_LOW"], {}).raise_at == 30


def test_the_category_of_an_account_sets_its_allowance() -> None:
    """EN 50136: how long an account may be quiet, unless the device itself has another figure."""
    host = device(type=DeviceType.ALARM_HOST, dialect="dc09", dialect_id="5501")
    accounts = {"5501": {ALLOWANCE: 90.0}}
    known = Overrides(accounts=accounts)
    assert known.supervises(host)
    assert limits.in_force(ALLOWANCE, Policy(), known.of(host)) == (90, Origin.CATEGORY)
    assert not known.supervises(device(dialect_id="5501"))
    by = {(Scope.DEVICE, "7"): {ALLOWANCE: 40.0}}
    own = Overrides(by=by, accounts=accounts)
    assert limits.in_force(ALLOWANCE, Policy(), own.of(host)) == (40, Origin.DEVICE)
    assert own.supervises(host)


def test_silence_has_its_own_figures() -> None:
    own = overrides((Scope.TYPE, "camera", "silence.will_held_s", 10)).of(device())
    assert limits.silence(Policy(), own) == Silence(will_held_s=10)
    assert limits.in_force("silence.back_for_s", Policy(), own) == (120, Origin.CATALOGUE)
    tuned = Policy(silence=Silence(back_for_s=60))
    assert limits.in_force("silence.back_for_s", tuned, own) == (60, Origin.POLICY)
    assert limits.in_force(ALLOWANCE, Policy(), own) == (None, Origin.INTERVAL)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_threshold_of_a_code_can_be_changed(code: str) -> None:
    known, names = CATALOGUE[code], {one.name for one in limits.of_code(code)}
    if known.sign is Sign.SILENCE:
        assert names == set(limits.SILENCE)
    else:
        rated = {STANDBY} if code == "MAINS_LOSS" else set()
        assert names == {f"limits.{code}.{last}" for last in figures.apt(known)} | rated
    assert all(limits.find(name) for name in names)


def test_other_figures_of_the_policy_are_the_companys_alone() -> None:
    assert limits.find("zone_hours.ring1") is None
    assert limits.find("silence.battery_sensor_s") is None
    assert limits.of_code("NOTHING") == ()
