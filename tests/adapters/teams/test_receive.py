"""What Teams' activities mean; the recorded ones are told one by one, and no shape of any field is too much."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.controls import AGAIN
from adapters.teams.receive import Spot, learned, locale, profile, received, refreshes, tenant
from bot.talk.cards import Action, Ask, Card
from bot.talk.events import (
    AppAdded,
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    MemberLeft,
    MessageWritten,
    Profile,
    ProfileChanged,
)

Json = dict[str, Any]

PAYLOADS = Path(__file__).parents[1] / "payloads" / "teams"
TENANT = "3d7a1f52-8c44-4e0b-9a61-5b2f0c9e7d18"
LENA = "b5c0e6d4-19f7-4a53-8b21-6e4d02f9a7c3"
OTHER = "e8f2a930-7d15-4c68-b0a4-93c1d57e2f46"
CARD = "1795676400000"

SCENARIOS = {
    "press": ("ButtonPressed", "card"),
    "press_in_channel": ("ButtonPressed", "card"),
    "press_of_old_client": ("ButtonPressed", "submit"),
    "press_of_refresh": None,
    "pick": ("ButtonPressed", "card"),
    "submit": ("FormSent", "card"),
    "submit_of_old_client": ("FormSent", "submit"),
    "open_dialog": ("ButtonPressed", "dialog"),
    "open_dialog_of_command": ("CommandUsed", "dialog"),
    "submit_dialog": ("FormSent", "dialog"),
    "submit_card_as_dialog": ("ButtonPressed", "dialog"),
    "say": ("MessageWritten", "typed"),
    "say_quoting": ("MessageWritten", "typed"),
    "say_quoting_by_entity": ("MessageWritten", "typed"),
    "command": ("CommandUsed", "typed"),
    "command_in_channel": ("CommandUsed", "typed"),
    "command_by_slash": ("CommandUsed", "typed"),
    "talk_in_channel": None,
    "install": ("AppAdded", "membership"),
    "install_as_member": ("AppAdded", "membership"),
    "install_in_team": ("CommandUsed", "typed"),
    "upgrade": None,
    "uninstall": ("MemberLeft", "membership"),
    "uninstall_as_member": ("MemberLeft", "membership"),
    "uninstall_in_team": None,
    "join_team": None,
    "leave_team": None,
    "message_changed": None,
    "react": None,
    "typing": None,
    "other_invoke": None,
}


def scenario(name: str, /, **more: Any) -> Json:
    payload: Json = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return payload | more


def got(activity: Json) -> tuple[Any, Spot]:
    found = received(activity)
    assert found is not None
    return found


def pressing(data: Json, name: str = "press") -> Json:
    payload = scenario(name)
    payload["value"]["action"]["data"] = data
    return payload


# --- the recorded scenarios --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_recorded_scenario_means_what_happened(name):
    found = received(scenario(name))

    assert (found and (type(found[0]).__name__, found[1].surface)) == SCENARIOS[name]


def test_every_recorded_scenario_is_told_here():
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(SCENARIOS)


@pytest.mark.parametrize("name", [name for name, means in SCENARIOS.items() if means])
def test_a_redelivery_is_the_same_event_and_another_activity_is_another_one(name):
    first, again = got(scenario(name))[0], got(scenario(name))[0]
    other = got(scenario(name, id="1795699999999"))[0]

    assert first == again
    assert first.source.event != other.source.event
    assert LENA not in first.source.event


def test_every_recorded_act_has_an_identity_of_its_own():
    events = [got(scenario(name))[0].source.event for name, means in SCENARIOS.items() if means]

    assert len(events) == len(set(events))


# --- who acts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, means in SCENARIOS.items() if means])
def test_who_acts_is_the_sender_of_the_signed_activity_and_where_is_their_tenant(name):
    event, spot = got(scenario(name))

    assert (event.source.platform, event.source.workspace, event.source.user) == ("teams", TENANT, LENA)
    assert (spot.workspace, spot.user) == (TENANT, LENA)


@pytest.mark.parametrize("name", ["user", "from", "aadObjectId", "userId", "person", "tenant", "recipient"])
def test_nothing_among_the_values_says_who_acts(name):
    forged = {"rapport": "save:12:", name: OTHER, "comment": "x"}
    event, _ = got(pressing(forged))

    assert (event.source.user, event.source.workspace) == (LENA, TENANT)


@pytest.mark.parametrize(
    "broken",
    [
        {"channelId": "emulator"},
        {"channelId": None},
        {"from": {"id": "28:another-bot", "aadObjectId": LENA}},
        {"from": {"id": "29:x", "aadObjectId": LENA, "role": "bot"}},
        {"from": {"id": "29:x", "aadObjectId": LENA, "role": "skill"}},
        {"from": {"id": "29:x"}},
        {"from": {"id": "29:x", "aadObjectId": "../../etc"}},
        {"from": {"id": "29:x", "aadObjectId": ["b5c0"]}},
        {"id": ""},
        {"id": 7},
        {"id": "a b"},
        {"conversation": {}},
        {"conversation": "a:1"},
        {"channelData": {"tenant": {"id": OTHER}}},
        {"type": "event"},
        {"type": None},
        {"type": ["message"]},
    ],
)
@pytest.mark.parametrize("name", ["press", "submit", "say", "command", "install"])
def test_what_does_not_say_what_it_is_and_who_sent_it_is_no_event(name, broken):
    assert received(scenario(name, **broken)) is None


def test_ids_are_the_same_however_they_are_spelled():
    spelled = scenario("press")
    spelled["from"]["aadObjectId"] = LENA.upper()
    for place in (spelled["conversation"], spelled["channelData"]["tenant"]):
        place.update({"tenantId" if "tenantId" in place else "id": TENANT.upper()})

    assert got(spelled) == got(scenario("press"))
    assert profile(spelled).user == LENA


def test_the_tenant_is_told_by_the_conversation_or_beside_it_and_never_two():
    payload = scenario("say")
    beside = scenario("say", conversation={**payload["conversation"], "tenantId": None})

    assert tenant(payload) == tenant(beside) == TENANT
    assert tenant(scenario("say", channelData={"tenant": {"id": OTHER}})) == ""
    assert tenant({}) == ""


# --- lines -------------------------------------------------------------------------------------------------


def test_a_line_brings_where_it_was_written_and_what_it_quotes():
    written, spot = got(scenario("say"))
    quoting, by_entity = got(scenario("say_quoting"))[0], got(scenario("say_quoting_by_entity"))[0]

    assert written == MessageWritten(written.source, "der Pausenraum ist kalt")
    assert (written.source.conversation, written.source.message) == (spot.conversation, "")
    assert (quoting.text, quoting.source.message) == ("schon erledigt", CARD)
    assert (by_entity.text, by_entity.source.message) == ("schon erledigt", CARD)


def test_a_line_that_answers_a_message_is_read_in_its_context():
    assert got(scenario("say", replyToId=CARD))[0].source.message == CARD
    assert got(scenario("say", replyToId="../x"))[0].source.message == ""


@pytest.mark.parametrize(
    ("name", "shared"), [("command", False), ("command_in_channel", True), ("command_by_slash", True)]
)
def test_a_command_is_the_same_wherever_it_is_typed(name, shared):
    event, spot = got(scenario(name))

    assert event == CommandUsed(event.source, "roi-report", "Support")
    assert spot.shared is shared
    assert spot.locale == "de-DE"


def test_a_conversation_that_is_not_surely_personal_is_taken_for_shared():
    known = scenario("command")["conversation"]
    unknown = [known | {"conversationType": kind} for kind in (None, "", "Personal", "meeting", 3)]

    assert all(received(scenario("command", conversation=place)) is None for place in unknown)
    assert received(scenario("command", conversation=known)) is not None


def test_a_thread_is_shared_even_if_it_is_called_personal():
    thread = scenario("command")["conversation"] | {
        "id": "19:0f@thread.tacv2",
        "conversationType": "personal",
    }

    assert received(scenario("command", conversation=thread)) is None


def test_a_message_without_words_is_an_empty_line():
    assert got(scenario("say", text="", attachments=[{"contentType": "image/png"}]))[0].text == ""


# --- cards and dialogs -------------------------------------------------------------------------------------


def test_a_button_brings_its_act_and_the_message_it_stands_in():
    for name in ("press", "press_of_old_client"):
        event, spot = got(scenario(name))

        assert event == ButtonPressed(event.source, Action("tap", "12/workload", "4"))
        assert (event.source.message, spot.message, spot.shared, spot.sent) == (CARD, CARD, False, False)


def test_an_option_picked_from_a_menu_is_the_act_behind_it():
    assert got(scenario("pick"))[0].action == Action("report.show", "", "Support")


def test_what_a_client_does_of_its_own_accord_is_nobodys_act():
    assert refreshes(scenario("press_of_refresh"))
    assert not refreshes(scenario("press"))
    assert not any(refreshes({"value": odd}) for odd in (None, [], "automatic", {"trigger": ["automatic"]}))


@pytest.mark.parametrize("name", ["submit", "submit_of_old_client", "submit_dialog"])
def test_a_form_brings_what_was_filled_in_and_itself(name):
    event, spot = got(scenario(name))

    assert event == FormSent(
        event.source,
        Action("save", "12"),
        {
            "comment": "Mehr Licht im Lager",
            "rating": "4",
            "topics": "tools,pay",
            "since": "2026-11-02",
            "named": "true",
        },
    )
    assert spot.sent
    assert spot.values == event.values
    assert isinstance(spot.form, Card)
    assert [each.key for each in spot.form.elements if isinstance(each, Ask)] == ["comment"]
    assert (spot.message, spot.own) == (CARD, name == "submit_of_old_client")


def test_nothing_that_was_written_shows_in_what_a_spot_says_of_itself():
    assert "Licht" not in repr(got(scenario("submit"))[1])


@pytest.mark.parametrize(
    ("value", "coded"),
    [
        ("4", "4"),
        (4, "4"),
        (4.0, "4"),
        (0.5, "0.5"),
        (True, "true"),
        (False, "false"),
        (["a", "b"], "a,b"),
        ("a,b", "a,b"),
        ("2026-11-02", "2026-11-02"),
        ("", None),
        (None, None),
        ([], None),
        ([1], None),
        ({"a": 1}, None),
        (float("nan"), None),
        (float("inf"), None),
        (1e300, "1e+300"),
        (10**400, None),
    ],
)
def test_a_fields_value_is_text_in_our_coding(value, coded):
    event, _ = got(pressing({"rapport": "save::", "rapport.own": "1", "field": value}))

    assert event.values.get("field") == coded


def test_a_form_with_nothing_filled_in_is_a_form():
    event, spot = got(pressing({"rapport": "save::", "rapport.form": "no form"}))

    assert event == FormSent(event.source, Action("save"), {})
    assert (spot.sent, spot.form) == (True, None)


@pytest.mark.parametrize("token", [None, "", "::", ":1:", "a:b", "a:b:c:d", 7, ["tap::"], {"a": 1}])
def test_a_button_that_is_not_ours_is_no_act(token):
    assert received(pressing({"rapport": token})) is None


@pytest.mark.parametrize(
    "value", [None, 7, "x", [], {}, {"action": None}, {"action": {}}, {"action": {"data": []}}]
)
@pytest.mark.parametrize(
    "name", ["adaptiveCard/action", "task/fetch", "task/submit", None, 3, ["task/fetch"], {}]
)
def test_an_invoke_without_an_act_of_ours_is_no_event(name, value):
    assert received(scenario("press", name=name, value=value)) is None


def test_a_dialog_finds_the_message_it_was_opened_from():
    named = scenario("submit_dialog")
    carried = scenario("submit_dialog")
    del carried["replyToId"]
    lost = scenario("submit_dialog", replyToId=3)
    lost["value"]["data"]["rapport.origin"] = "no id"

    assert [got(each)[1].message for each in (named, carried, lost)] == [CARD, CARD, ""]


def test_the_button_under_a_command_uses_the_command_again():
    event, spot = got(scenario("open_dialog_of_command"))

    assert event == CommandUsed(event.source, "roi-report", "Support")
    assert (spot.message, spot.again) == (CARD, None)


@pytest.mark.parametrize("token", ["teams.command:none:", "teams.command::", "teams.command:/help:"])
@pytest.mark.parametrize("name", ["press", "open_dialog", "press_of_old_client"])
def test_a_command_that_we_do_not_have_is_not_used_by_a_button(name, token):
    held: Json = {"rapport": token}
    values = {"press": {"action": {"data": held}}, "open_dialog": {"data": held}, "press_of_old_client": held}

    assert received(scenario(name, value=values[name])) is None


def test_a_typed_command_can_be_used_again_with_what_it_takes_and_with_nothing_else():
    taken = got(scenario("command"))[1].again
    spoken = got(scenario("command", text="/feedback my boss shouts"))

    assert taken == Action(AGAIN, "roi-report", "Support")
    assert (spoken[0].text, spoken[1].again) == ("my boss shouts", Action(AGAIN, "feedback"))
    assert got(scenario("say"))[1].again is None


def test_a_card_from_before_there_were_dialogs_can_be_pressed_again_to_open_one():
    form, other = got(pressing({"rapport": "answer.open:12:"})), got(scenario("press"))
    sent = got(pressing({"rapport": "answer.open:12:", "rapport.own": "1"}))

    assert (form[1].again, other[1].again, sent[1].again) == (Action("answer.open", "12"), None, None)


# --- who has the app ---------------------------------------------------------------------------------------


def test_who_installs_the_app_is_met_without_a_word_of_their_language_or_zone():
    for name in ("install", "install_as_member"):
        event, spot = got(scenario(name))

        assert event == AppAdded(event.source, Profile(LENA))
        assert not spot.shared


def test_who_removes_the_app_has_left_and_a_team_that_removes_it_says_nothing_of_anybody():
    assert isinstance(got(scenario("uninstall"))[0], MemberLeft)
    assert received(scenario("uninstall_as_member", membersRemoved=[{"id": "29:somebody"}])) is None
    assert received(scenario("uninstall_in_team")) is None


def test_whoever_adds_the_app_to_a_team_asks_what_it_can_do():
    event, spot = got(scenario("install_in_team"))

    assert event == CommandUsed(event.source, "help")
    assert spot.shared


@pytest.mark.parametrize("members", [None, {}, [], "x", [None], [{"id": 3}], [{}], 7])
def test_a_list_of_members_that_is_none_is_no_event(members):
    assert received(scenario("install_as_member", membersAdded=members)) is None
    assert received(scenario("uninstall_as_member", membersRemoved=members)) is None


@pytest.mark.parametrize("action", [None, "", "Add", "add-upgrade", "remove-upgrade", ["add"], {}])
def test_only_that_the_app_came_or_went_counts(action):
    assert received(scenario("install", action=action)) is None


# --- what an activity tells of people ----------------------------------------------------------------------


def test_language_and_time_zone_are_learned_from_what_a_client_sends():
    told = learned(scenario("say"))
    client = {"type": "clientInfo", "locale": "fr-FR", "timezone": "Europe/Paris"}
    by_entity = scenario("say", locale=None, localTimezone=None, entities=[client])

    assert isinstance(told, ProfileChanged)
    assert told.profile == Profile(LENA, locale="de-DE", time_zone="Europe/Berlin")
    assert told.source.event != got(scenario("say"))[0].source.event
    assert profile(by_entity) == Profile(LENA, locale="fr-FR", time_zone="Europe/Paris")
    assert learned(scenario("install")) is None


@pytest.mark.parametrize("tag", [None, 3, "", "x" * 40, "de-DE\n", "../de", {}, "de DE"])
def test_a_language_that_is_none_is_not_known(tag):
    assert locale({"locale": tag}) == ""
    assert profile(scenario("say", locale=tag, entities=[])).locale == ""


# --- whatever the shape ------------------------------------------------------------------------------------

REAL = [scenario(name) for name in SCENARIOS]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=10),
    st.lists(st.none() | st.integers() | st.dictionaries(st.text(max_size=4), st.none()), max_size=2),
    st.dictionaries(
        st.sampled_from(["id", "type", "data", "rapport", "action"]),
        st.none() | st.text(max_size=4),
        max_size=2,
    ),
)
JSON = st.recursive(
    ODD, lambda inner: st.dictionaries(st.text(max_size=12), inner, max_size=4), max_leaves=10
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def mutated(payload: Json, place: tuple[Any, ...], value: Any) -> Any:
    """Return the payload with something else at one place, or without it."""
    copied = copy.deepcopy(payload)
    *above, last = place
    node: Any = copied
    for key in above:
        node = node[key]
    if value is mutated:
        del node[last]
    else:
        node[last] = value
    return copied


@st.composite
def mutants(draw: st.DrawFn) -> Json:
    payload = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from([found for found in places(payload) if found]))
        payload = mutated(payload, place, draw(ODD | st.just(mutated)))
    return payload


@settings(max_examples=1500, deadline=None)
@given(mutants() | st.dictionaries(st.text(max_size=12), JSON, max_size=5))
def test_no_shape_of_any_field_is_too_much(activity):
    found = received(activity)
    learned(activity)

    if found is not None:
        event, spot = found
        assert isinstance(event, Event)
        assert event.source.user == spot.user == activity["from"]["aadObjectId"]
        assert event.source.workspace == spot.workspace
        assert spot.shared or activity["conversation"]["conversationType"] == "personal"
