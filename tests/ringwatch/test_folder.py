"""One Ringwatch a folder, and clear words when something is taken."""

import os
import socket
from pathlib import Path

import pytest

from ringwatch import folder


def test_a_second_one_hears_who_holds_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "var"
    with folder.alone(data), pytest.raises(folder.StartError) as caught, folder.alone(data):
        pass
    assert str(os.getpid()) in str(caught.value)
    assert str(data) in str(caught.value)
    assert "RINGWATCH_DATA" in str(caught.value)
    with folder.alone(data):
        assert data.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(folder.StartError, match="RINGWATCH_DATA"):
        folder.prepare(tmp_path / "file" / "var")


def test_a_taken_port_is_said_with_another_to_choose() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(folder.StartError, match=f"RINGWATCH_HTTP=127.0.0.1:{port + 1}"):
            folder.require_free("127.0.0.1", port)
        assert not folder.port_is_free(port)
    folder.require_free("127.0.0.1", folder.any_free_port())
