"""The drawn journey is the table's."""

from needsbank.domain.journeys import TURNS, Stage
from needsbank.web.journeys.picture import BEYOND, PLACES, draw
from tools.journey_diagram import PAGE, page


def test_the_diagram_in_the_documentation_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.journey_diagram"


def test_the_diagram_has_every_stage_and_every_turn():
    told = page()
    assert all(f"{turn.start.value} --> {turn.end.value}:" in told for turn in TURNS)
    assert told.count("\n| ") == len(TURNS) + 2


def test_every_stage_has_one_place_in_the_picture():
    assert sorted(PLACES, key=str) == sorted(Stage, key=str)
    assert len(set(PLACES.values())) == len(PLACES)


def test_the_picture_shows_each_way_onward_of_the_table_and_no_other():
    drawn = set()
    for way in draw().ways:
        drawn |= {(way.start, way.end), *([(way.end, way.start)] if way.both else [])}
    assert drawn == {
        (turn.start, turn.end)
        for turn in TURNS
        if turn.start is not turn.end
        and turn.end not in BEYOND
        and PLACES[turn.end][0] >= PLACES[turn.start][0]
    }


def test_boxes_do_not_overlap_and_lie_inside_the_picture():
    picture = draw()
    for box in picture.boxes:
        assert 0 <= box.x <= picture.width - box.width
        assert 0 <= box.y <= picture.height - box.height
    corners = {(box.x, box.y) for box in picture.boxes}
    assert len(corners) == len(picture.boxes)


def test_what_comes_back_to_the_team_is_marked():
    back = {box.stage for box in draw().boxes if box.comes_back}
    assert {Stage.PARKED, Stage.ANSWERED, Stage.DECIDED} <= back
    assert Stage.THROWN not in back
