"""Which phases there are."""

from lab.chaos.phase import LONG, PHASES, chosen


def test_every_server_is_killed_and_hung_alone_and_with_others() -> None:
    done = {(phase.servers, phase.way) for phase in PHASES if not phase.kills}

    assert {way for servers, way in done if servers == ("SSM",)} == {"killed", "hung"}
    assert {way for servers, way in done if servers == ("Valkey", "SONA", "SSM")} == {"killed", "hung"}
    assert len({phase.name for phase in PHASES}) == len(PHASES) == 14


def test_phases_are_chosen_by_a_part_of_their_name() -> None:
    assert [phase.name for phase in chosen("Valkey hung")] == ["Valkey hung", LONG.name]
    assert chosen("") == PHASES
    assert chosen("no such phase") == ()
