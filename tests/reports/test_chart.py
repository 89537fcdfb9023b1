"""The chart of the report shows the days as they were counted, and our deaf ones as such (B04)."""

from datetime import timedelta

from reports import inspection
from reports.stamps import Stamp
from tests.reports import samples


def test_each_day_of_the_chart_is_the_day_as_it_was_counted() -> None:
    made = samples.material(12, bad=(1, 5))
    stamp = Stamp(number="MI-1", verify_url="https://r.example.com/verify/x")
    job = inspection.job(made, "zh", samples.store(made), at=samples.NOW, stamp=stamp)
    chart, days = job.data["chart"], made.running.days
    assert len(days) > 14
    first, last = days[0].day, days[-1].day
    assert (last - first) == timedelta(days=len(days) - 1)
    assert chart["days"][0]["label"] == f"{first.month}/{first.day}"
    assert [one["online"] for one in chart["days"]] == [one.online_pct for one in days]
    assert [one["faults"] for one in chart["days"]] == [one.faults for one in days]
    assert sum(one["faults"] for one in chart["days"]) > 0
    shares = [one.online_pct for one in days if one.online_pct is not None]
    assert chart["low"] <= min(shares)
    assert [one["deaf"] for one in chart["days"]] == [one.online_pct is None for one in days]
    assert all(
        one["met"] is (one["online"] is not None and one["online"] >= chart["target"])
        for one in chart["days"]
    )
