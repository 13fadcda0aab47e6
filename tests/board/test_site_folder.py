import pytest

from sarbench.board.site_folder import MARKER, replacing_site
from sarbench.errors import InputError


def write(out, text):
    with replacing_site(out) as folder:
        (folder / "index.html").write_text(text)


def test_a_site_replaces_a_former_site_as_a_whole(tmp_path):
    out = tmp_path / "deep" / "site"
    write(out, "one")
    (out / "old.html").write_text("left over")
    write(out, "two")
    assert sorted(path.name for path in out.iterdir()) == [MARKER, "index.html"]
    assert (out / "index.html").read_text() == "two"
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "site").mkdir()
    write(tmp_path / "site", "one")
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_crash_leaves_the_former_site_and_nothing_else(tmp_path):
    out = tmp_path / "site"
    write(out, "one")
    with pytest.raises(TypeError):
        write(out, 17)
    assert (out / "index.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_is_not_a_site_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="not written as a site"):
        write(tmp_path, "one")
    with pytest.raises(InputError, match="is a file"):
        write(tmp_path / "thesis.txt", "one")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_link_to_a_site_stays_a_link(tmp_path):
    write(tmp_path / "real", "one")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "index.html").read_text() == "two"
