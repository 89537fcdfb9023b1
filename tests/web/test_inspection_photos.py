"""B11: photos of a point: small, upright, bare of what the phone wrote, for few to see."""

import io

import pytest
from PIL import Image

from rules.model import Role
from tests.web import inspected
from tests.web.conftest import House
from tests.web.inspected import HTMX, a_photo, told_in


def test_a_photo_is_stored_small_upright_and_bare(house: House) -> None:
    """A09, C12: nothing the phone wrote stays in it."""
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    raw = a_photo()
    assert b"SECRETPHONE" in raw
    sent = browser.post(
        f"{walk.at('V-0')}/photos", files={"photo": ("IMG.jpg", raw, "image/jpeg")}, headers=HTMX
    )
    (photo,) = walk.point("V-0").photos
    assert f'src="/photos/{photo.id}?small=1"' in sent.text
    answer = browser.get(f"/photos/{photo.id}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert b"SECRETPHONE" not in answer.content
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (960, 1280)
    again = browser.get(f"/photos/{photo.id}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len(browser.get(f"/photos/{photo.id}?small=1").content) < len(answer.content) / 4


def test_a_photo_is_for_whoever_may_see_the_inspection(house: House) -> None:
    walk = inspected.begun(house)
    engineer = house.enter(Role.ENGINEER)
    where = f"{walk.at('V-0')}/photos"
    engineer.post(where, files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    (photo,) = walk.point("V-0").photos
    customer = house.enter(Role.CUSTOMER)
    assert customer.get(f"/photos/{photo.id}").status_code == 404
    assert house.browser().get(f"/photos/{photo.id}").status_code == 303
    assert customer.post(where, files={"photo": ("a.jpg", a_photo(), "")}).status_code == 403
    walk.issued()
    assert customer.get(f"/photos/{photo.id}").status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No photo arrived"),
        (b"hello", "not a whole picture"),
        (a_photo()[:9000], "not a whole picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a whole picture"),
    ],
)
def test_what_is_no_photo_is_refused_beside_the_camera(
    house: House, content: bytes, said: str
) -> None:
    walk = inspected.begun(house)
    sent = house.enter(Role.ENGINEER).post(
        f"{walk.at('V-0')}/photos", files={"photo": ("a.jpg", content, "image/jpeg")}, headers=HTMX
    )
    assert sent.status_code == 422
    assert said in sent.text
    assert 'id="photo-error"' in sent.text
    assert walk.point("V-0").photos == ()


def test_a_photo_too_many_bytes_is_told_at_the_door(house: House) -> None:
    walk = inspected.begun(house)
    big = {"photo": ("a.jpg", bytes(18 * 1024 * 1024), "image/jpeg")}
    assert house.enter(Role.ENGINEER).post(f"{walk.at('V-0')}/photos", files=big).status_code == 413
    large = {"photo": ("a.jpg", bytes(16 * 1024 * 1024 + 1), "image/jpeg")}
    answer = house.enter(Role.ENGINEER).post(f"{walk.at('V-0')}/photos", files=large, headers=HTMX)
    assert "larger than 16 MiB" in answer.text


def test_a_photo_is_taken_away_once(house: House) -> None:
    walk = inspected.begun(house)
    browser = house.enter(Role.ENGINEER)
    where = f"{walk.at('V-0')}/photos"
    browser.post(where, files={"photo": ("a.jpg", a_photo(), "image/jpeg")})
    (photo,) = walk.point("V-0").photos
    for _ in range(2):
        assert browser.post(f"{where}/{photo.id}/remove", headers=HTMX).status_code == 200
    assert walk.point("V-0").photos == ()
    assert [one.verb for one in told_in(house)].count("inspection_photo_removed") == 1
