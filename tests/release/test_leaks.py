"""What the last check before publication reads as one text, and what it does not."""

import pytest

from mingjing.release.leaks import LeakError, check_leaks

TICKS = (25, 50, 75, 100, 125, 150, 3000, 4000, 5000, 6000)


@pytest.mark.parametrize("tag", ["text", "td", "th", "li", "p"])
def test_labels_of_an_axis_and_cells_of_a_table_are_no_personal_number(tmp_path, tag):
    (tmp_path / "page.html").write_text("".join(f"<{tag}>{n}</{tag}>" for n in TICKS), "utf-8")
    assert check_leaks(tmp_path, [], "").files == 1


def test_a_name_or_number_cut_by_other_tags_is_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<td>欧阳<b>某某</b></td>", "utf-8")
    with pytest.raises(LeakError, match="欧阳某某"):
        check_leaks(tmp_path, ["欧阳某某"], "")
    page.write_text("<td>2550<b>75100125</b>150</td>", "utf-8")
    with pytest.raises(LeakError, match="255075100125150"):
        check_leaks(tmp_path, [], "")
