from pathlib import Path

import pytest

from pedalcast.embedded.data_folder import DataFolder
from pedalcast.embedded.errors import RunError


class TestHome:
    def test_only_one_run_at_a_time(self, tmp_path: Path) -> None:
        home = DataFolder(tmp_path / "city")
        with home.occupied(), pytest.raises(RunError, match="another run uses"), home.occupied():
            pass
        with home.occupied():
            pass

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(RunError, match="cannot write to"), DataFolder(tmp_path / "file" / "city").occupied():
            pass

    def test_the_token_is_made_once_and_is_private(self, tmp_path: Path) -> None:
        home = DataFolder(tmp_path)
        token, new = home.admin_token()
        assert new
        assert len(token) >= 32
        assert home.admin_token() == (token, False)
        assert (tmp_path / "admin-token").stat().st_mode & 0o777 == 0o600

    def test_emptied_it_keeps_the_token_and_loses_the_data(self, tmp_path: Path) -> None:
        home = DataFolder(tmp_path)
        token, _ = home.admin_token()
        (tmp_path / "objects").mkdir()
        (tmp_path / "objects" / "a").write_text("")
        home.empty()
        assert not (tmp_path / "objects").exists()
        assert home.admin_token() == (token, False)
