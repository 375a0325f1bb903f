"""What Slack's payloads mean; their shapes are those of Slack's documentation, as the fake Slack builds them."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.receive import AGAIN, Origin, Spot, received, workspace
from bot.talk.cards import Action
from bot.talk.events import (
    AccessChanged,
    ButtonPressed,
    CommandUsed,
    FormSent,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageWritten,
    Profile,
    ProfileChanged,
    Source,
    Uninstalled,
)

Json = dict[str, Any]

TEAM, USER, DM = "T0RAPPORT1", "U1LENA", "D0LENA"
HOOK = "https://hooks.slack.com/actions/T0/1/abc"


def event(inner: Json, **more: Any) -> Json:
    return {
        "token": "old",
        "team_id": TEAM,
        "enterprise_id": None,
        "api_app_id": "A0",
        "event": inner,
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": 1795420800,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": "U0BOT",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        **more,
    }


def message(text: str, **more: Any) -> Json:
    inner = {
        "type": "message",
        "channel_type": "im",
        "user": USER,
        "channel": DM,
        "ts": "1795420800.000100",
        "text": text,
    }
    return event(inner | more)


def member(kind: str, **more: Any) -> Json:
    user = {
        "id": USER,
        "name": "lena",
        "real_name": "Lena Vogt",
        "tz": "Europe/Berlin",
        "locale": "de-DE",
        "is_bot": False,
        "profile": {"real_name": "Lena Vogt", "email": "lena@example.org"},
    }
    return event({"type": kind, "user": user | more})


def interaction(kind: str, **more: Any) -> Json:
    return {
        "type": kind,
        "user": {"id": USER, "username": "lena", "team_id": TEAM},
        "api_app_id": "A0",
        "team": {"id": TEAM, "domain": "made-up"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": "111.222.abc",
        **more,
    }


def button(action: Action, **more: Any) -> Json:
    pressed = {
        "type": "button",
        "action_id": "b0",
        "block_id": "x",
        "value": action.encode(),
        "action_ts": "1795420801.5",
    }
    return pressed | more


TAP = Action("tap", "12", "4")


def pressed(action: Action = TAP, **more: Any) -> Json:
    return interaction(
        "block_actions",
        container={"type": "message", "message_ts": "17.1", "channel_id": DM, "is_ephemeral": False},
        channel={"id": DM, "name": "directmessage"},
        message={"type": "message", "ts": "17.1", "text": "A question"},
        state={"values": {}},
        response_url=HOOK,
        actions=[button(action)],
        **more,
    )


ORIGIN = Origin(DM, "17.1", HOOK)


def view(kind: str = "modal", **more: Any) -> Json:
    metadata = {"o": ORIGIN.encode(), "a": Action("save", "12").encode()}
    return {
        "id": "V1",
        "type": kind,
        "callback_id": "form",
        "hash": "1.a",
        "private_metadata": json.dumps(metadata),
        "state": {
            "values": {
                "comment": {"v": {"type": "plain_text_input", "value": "more light"}},
                "score": {"v": {"type": "radio_buttons", "selected_option": {"value": "4"}}},
                "empty": {"v": {"type": "plain_text_input", "value": None}},
            }
        },
        "blocks": [
            {"type": "input", "block_id": "comment"},
            {"type": "section"},
            {"type": "input", "block_id": "score"},
        ],
    } | more


def in_view(kind: str) -> Json:
    return interaction(
        "block_actions",
        container={"type": "view", "view_id": "V1"},
        view=view(kind),
        actions=[button(Action("why"))],
    )


def submitted(**more: Any) -> Json:
    return interaction("view_submission", view=view(**more), response_urls=[])


def command(command: str, text: str = "", **more: Any) -> Json:
    return {
        "token": "old",
        "team_id": TEAM,
        "channel_id": "C0OPEN",
        "user_id": USER,
        "command": command,
        "text": text,
        "is_enterprise_install": "false",
        "response_url": HOOK,
        "trigger_id": "111.222.abc",
        **more,
    }


def shortcut(callback_id: str, kind: str = "shortcut") -> Json:
    return interaction(kind, callback_id=callback_id, action_ts="17.5")


def got(payload: Json) -> tuple[Any, Any]:
    found = received(payload)
    assert found is not None
    return found


# --- the Events API ----------------------------------------------------------------------------------------


def test_a_home_that_is_opened_is_an_event_and_the_messages_tab_is_none():
    opened = {"type": "app_home_opened", "user": USER, "channel": DM, "tab": "home"}

    source = Source(platform="slack", workspace=TEAM, user=USER, event="E:Ev1")
    assert got(event(opened)) == (
        HomeOpened(source),
        Spot(workspace=TEAM, user=USER, surface="home"),
    )
    assert received(event(opened | {"tab": "messages"})) is None


def test_a_typed_line_is_a_message_with_the_thread_it_answers():
    written, spot = got(message("the pause room is cold", thread_ts="16.5"))

    assert isinstance(written, MessageWritten)
    assert (written.text, written.source.conversation, written.source.message) == (
        "the pause room is cold",
        DM,
        "16.5",
    )
    assert (spot.surface, spot.channel, spot.thread, spot.again) == ("typed", DM, "16.5", None)


def test_a_typed_command_is_a_command_with_and_without_its_slash():
    used, spot = got(message("/results Support"))
    bare, _ = got(message("help"))

    assert isinstance(used, CommandUsed)
    assert (used.name, used.text, spot.again) == ("results", "Support", ("results", "Support"))
    assert (type(bare), bare.name) == (CommandUsed, "help")


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("R&amp;D &lt;x&gt; &amp;lt;", "R&D <x> &lt;"),
        ("see <https://a.example/b?c=1> and <http://support.io|support.io>", "see https://a.example/b?c=1 and support.io"),
        ("<mailto:ana@example.org|ana@example.org>", "ana@example.org"),
        ("hello <@U0ANA>", "hello <@U0ANA>"),
    ],
)  # fmt: skip
def test_a_line_is_read_as_it_was_typed(sent, typed):
    assert got(message(sent))[0].text == typed


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "file_share"},
        {"subtype": "bot_message"},
        {"subtype": "me_message"},
        {"subtype": "assistant_app_thread"},
        {"bot_id": "B1"},
        {"hidden": True},
        {"user": "USLACKBOT"},
        {"user": None},
        {"channel_type": "channel"},
        {"channel_type": "mpim"},
        {"channel": ""},
    ],
)
def test_what_is_no_plain_line_of_a_person_to_us_is_no_event(more):
    assert received(message("help", **more)) is None


def test_who_joins_comes_with_what_slack_knows_of_them():
    joined, spot = got(member("team_join"))

    source = Source(platform="slack", workspace=TEAM, user=USER, event="E:Ev1")
    profile = Profile(USER, "Lena Vogt", "lena@example.org", "de-DE", "Europe/Berlin")
    assert joined == MemberJoined(source, profile)
    assert spot is None
    assert got(member("user_change"))[0] == ProfileChanged(source, profile)


@pytest.mark.parametrize(
    "flag", ["is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_workflow_bot"]
)
@pytest.mark.parametrize("kind", ["team_join", "user_change"])
def test_bots_guests_and_strangers_are_no_members(kind, flag):
    assert received(member(kind, **{flag: True})) is None
    assert received(member(kind, id="USLACKBOT")) is None


def test_who_is_deactivated_has_left_also_as_a_guest_and_a_bot_has_not():
    assert isinstance(got(member("user_change", deleted=True))[0], MemberLeft)
    assert isinstance(got(member("user_change", deleted=True, is_restricted=True))[0], MemberLeft)
    assert received(member("user_change", deleted=True, is_bot=True)) is None
    assert received(member("team_join", deleted=True)) is None


def test_an_uninstall_and_revoked_tokens_of_the_bot_end_the_workspace_and_those_of_a_user_do_not():
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": ["U9"], "bot": ["U0BOT"]}}

    assert isinstance(got(event({"type": "app_uninstalled"}))[0], Uninstalled)
    assert isinstance(got(event(revoked))[0], Uninstalled)
    assert received(event(revoked | {"tokens": {"oauth": ["U9"]}})) is None
    assert received(event(revoked | {"tokens": {"oauth": ["U9"], "bot": []}})) is None


ORG = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}


@pytest.mark.parametrize(
    ("kind", "lost"), [("team_access_revoked", ("T1", "T2")), ("team_access_granted", ())]
)
def test_an_organisation_that_lets_us_into_other_workspaces_than_before_is_named_whole(kind, lost):
    for authorizations in ([ORG], [{**ORG, "team_id": "T9", "is_enterprise_install": False}]):
        inner = {"type": kind, "team_ids": ["T1", "T2"]}
        found, spot = got(event(inner, authorizations=authorizations))

        assert isinstance(found, AccessChanged)
        assert (found.source.workspace, found.lost, spot) == ("E1", lost, None)
        assert found.at == datetime.fromtimestamp(1795420800, UTC)


@pytest.mark.parametrize("teams", [None, [], "T1", [7], [{}], ["<!channel>"], {"T1": 1}])
def test_an_access_that_names_no_workspace_changes_nothing(teams):
    inner = {"type": "team_access_revoked", "team_ids": teams}

    assert received(event(inner, authorizations=[ORG])) is None


def test_an_event_that_we_did_not_ask_for_is_none():
    assert received(event({"type": "reaction_added", "user": USER})) is None


# --- buttons, forms, commands, shortcuts -------------------------------------------------------------------


def test_a_button_of_a_message_brings_its_action_and_where_it_stood():
    act, spot = got(pressed())

    assert isinstance(act, ButtonPressed)
    assert act.action == Action("tap", "12", "4")
    assert (act.source.conversation, act.source.message) == (DM, "17.1")
    assert spot == Spot(
        workspace=TEAM,
        user=USER,
        surface="message",
        channel=DM,
        ts="17.1",
        response_url=HOOK,
        trigger="111.222.abc",
    )


def test_a_button_of_a_message_that_only_one_person_sees_is_found_by_its_container():
    payload = pressed()
    del payload["message"]
    payload["container"] |= {"is_ephemeral": True, "thread_ts": "16.0"}

    spot = got(payload)[1]

    assert (spot.ts, spot.thread) == ("17.1", "16.0")


def test_an_option_picked_from_a_menu_is_the_same_as_a_button():
    menu = button(Action("x"), type="static_select", selected_option={"value": "tap:12:4"})
    payload = pressed() | {"actions": [menu]}

    assert got(payload)[0].action == Action("tap", "12", "4")


@pytest.mark.parametrize(("kind", "surface"), [("modal", "modal"), ("home", "home")])
def test_a_button_of_a_view_knows_the_view_and_where_it_was_opened(kind, surface):
    act, spot = got(in_view(kind))

    assert (act.action, act.source.message) == (Action("why"), "17.1")
    assert (spot.surface, spot.view, spot.origin, spot.submitted) == (surface, "V1", ORIGIN, False)


def test_a_form_brings_its_values_and_what_its_sending_does():
    sent, spot = got(submitted())

    assert isinstance(sent, FormSent)
    assert sent.action == Action("save", "12")
    assert sent.values == {"comment": "more light", "score": "4"}
    assert (sent.source.conversation, sent.source.message) == (DM, "17.1")
    assert (spot.surface, spot.submitted, spot.asks, spot.origin) == (
        "modal",
        True,
        ("comment", "score"),
        ORIGIN,
    )


def test_a_form_that_is_not_ours_or_was_closed_is_no_event():
    assert received(submitted(private_metadata="")) is None
    assert received(submitted(private_metadata='{"a": "no token"}')) is None
    assert received(submitted() | {"type": "view_closed"}) is None


@pytest.mark.parametrize("value", ["", "tap", "tap:1", "::", "a:b:c:d"])
def test_a_button_without_an_action_of_ours_is_no_event(value):
    payload = pressed()
    payload["actions"][0]["value"] = value

    assert received(payload) is None


@pytest.mark.parametrize(
    ("slash", "text", "name", "rest"),
    [
        ("/rapport", "", "help", ""),
        ("/rapport", "pulse", "pulse", ""),
        ("/rapport", "results Support", "results", "Support"),
        ("/roi-report", "R&amp;D", "roi-report", "R&D"),
        ("/roi-report", "", "roi-report", ""),
    ],
)
def test_a_slash_command_is_the_command_that_it_names(slash, text, name, rest):
    used, spot = got(command(slash, text))

    assert isinstance(used, CommandUsed)
    assert (used.name, used.text) == (name, rest)
    assert (spot.surface, spot.response_url, spot.trigger) == ("command", HOOK, "111.222.abc")


def test_a_slash_command_that_names_none_is_a_message_that_explains_itself():
    written, spot = got(command("/rapport", "plusle"))

    assert isinstance(written, MessageWritten)
    assert written.text == "/rapport plusle"
    assert spot.surface == "command"


def test_a_shortcut_is_the_command_of_its_name_and_any_other_the_help():
    assert got(shortcut("feedback"))[0].name == "feedback"
    assert got(shortcut("roi-report"))[0].name == "roi-report"
    assert got(shortcut("an-old-one", "message_action"))[0].name == "help"
    assert got(shortcut("feedback"))[1] == Spot(
        workspace=TEAM, user=USER, surface="shortcut", trigger="111.222.abc"
    )


def test_the_button_under_a_typed_command_uses_it_once_more():
    used, spot = got(pressed(Action(AGAIN, "roi-report", "R&D")))

    assert isinstance(used, CommandUsed)
    assert (used.name, used.text, spot.surface) == ("roi-report", "R&D", "message")
    assert received(pressed(Action(AGAIN, "no-such-command"))) is None


# --- identity ----------------------------------------------------------------------------------------------


def identity(payload: Json) -> str:
    return str(got(payload)[0].source.event)


def test_a_redelivered_payload_has_the_same_identity_and_another_act_another():
    for make in (
        pressed,
        submitted,
        lambda: command("/rapport"),
        lambda: shortcut("help"),
    ):
        assert identity(make()) == identity(copy.deepcopy(make()))
        assert identity(make()) != identity(make() | {"trigger_id": "333.444.def"})
    assert identity(message("x")) == "E:Ev1"


def test_kinds_of_acts_never_share_an_identity():
    acts = [pressed(), submitted(), command("/rapport"), shortcut("help"), message("x")]

    assert len({identity(act) for act in acts}) == len(acts)


def test_a_form_sent_again_after_a_complaint_is_another_act_though_nothing_was_changed():
    again = submitted() | {"trigger_id": "333.444.def"}

    assert identity(again) != identity(submitted())


def test_no_identity_depends_on_what_was_answered():
    other = pressed(Action("tap", "12", "1"))
    blank = submitted(state={"values": {}})

    assert identity(other) == identity(pressed())
    assert identity(blank) == identity(submitted())


# --- whose workspace ---------------------------------------------------------------------------------------


def test_an_organisation_that_installed_us_as_a_whole_is_the_workspace_of_all_its_teams():
    wide = {"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}

    assert workspace(event({"type": "x"}, authorizations=[wide])) == "E1"
    assert (
        workspace(interaction("shortcut", team=None, enterprise={"id": "E1"}, is_enterprise_install=True))
        == "E1"
    )
    assert workspace(command("/rapport", enterprise_id="E1", is_enterprise_install="true")) == "E1"


def test_a_team_of_an_organisation_that_installed_us_alone_is_its_own_workspace():
    assert workspace(interaction("shortcut", enterprise={"id": "E1"})) == TEAM
    assert workspace(command("/rapport", enterprise_id="E1")) == TEAM
    assert workspace(event({"type": "x"}, authorizations=[])) == TEAM


def test_the_workspace_is_the_one_that_authorised_us_and_not_the_one_that_a_visitor_comes_from():
    payload = event({"type": "x"}, team_id="T9OTHER")

    assert workspace(payload) == TEAM


# --- where a modal was opened ------------------------------------------------------------------------------


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_an_origin_comes_back_as_it_was(channel, ts, url):
    origin = Origin(channel, ts, url)

    assert Origin.decode(origin.encode()) == origin


@given(st.text(max_size=60))
def test_any_other_text_is_no_origin(text):
    assert isinstance(Origin.decode(text), Origin)


# --- the recorded scenarios --------------------------------------------------------------------------------

PAYLOADS = Path(__file__).parents[1] / "payloads" / "slack"
SCENARIOS = {
    "press": ("ButtonPressed", "message"),
    "press_on_ephemeral": ("ButtonPressed", "message"),
    "press_in_modal": ("ButtonPressed", "modal"),
    "press_on_home": ("ButtonPressed", "home"),
    "submit": ("FormSent", "modal"),
    "close": None,
    "command": ("CommandUsed", "command"),
    "command_of_organisation": ("CommandUsed", "command"),
    "shortcut": ("CommandUsed", "shortcut"),
    "shortcut_of_organisation": ("CommandUsed", "shortcut"),
    "say": ("MessageWritten", "typed"),
    "own_message": None,
    "message_changed": None,
    "open_home": ("HomeOpened", "home"),
    "open_home_of_organisation": ("HomeOpened", "home"),
    "join": ("MemberJoined", ""),
    "change": ("ProfileChanged", ""),
    "leave": ("MemberLeft", ""),
    "app_uninstalled": ("Uninstalled", ""),
    "tokens_revoked": ("Uninstalled", ""),
    "verify": None,
}


def scenario(name: str) -> Json:
    """Return a recorded payload, with a button and a form of ours in place of those that were recorded."""
    payload: Json = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    for action in payload.get("actions", []):
        action |= {"action_id": "b0", "value": TAP.encode()}
    if "private_metadata" in payload.get("view", {}):
        payload["view"]["private_metadata"] = view()["private_metadata"]
    return payload


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_recorded_scenario_means_what_happened(name):
    found = received(scenario(name))

    means = found and (type(found[0]).__name__, found[1].surface if found[1] else "")
    assert means == SCENARIOS[name]


def test_every_recorded_scenario_is_told_here():
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(SCENARIOS)


# --- whatever the shape ------------------------------------------------------------------------------------

REAL = [
    *(scenario(name) for name in SCENARIOS),
    event({"type": "app_home_opened", "user": USER, "channel": DM, "tab": "home"}),
    message("/results Support", thread_ts="16.5"),
    member("team_join"),
    member("user_change", deleted=True),
    event({"type": "tokens_revoked", "tokens": {"bot": ["U0"]}}),
    pressed(),
    in_view("modal"),
    in_view("home"),
    submitted(),
    command("/rapport", "pulse"),
    shortcut("feedback"),
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=10),
    st.lists(st.none() | st.integers() | st.dictionaries(st.text(max_size=4), st.none()), max_size=2),
    st.dictionaries(
        st.sampled_from(["id", "type", "value", "x"]), st.none() | st.text(max_size=4), max_size=2
    ),
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


@settings(max_examples=3000, deadline=None)
@given(mutants())
def test_no_shape_makes_us_fail(payload):
    found = received(payload)

    if found is not None:
        source = found[0].source
        assert source.workspace
        assert source.event
        assert all(isinstance(part, str) for part in (source.user, source.conversation, source.message))


def test_without_any_one_part_a_payload_means_less_but_harms_nothing():
    for payload in REAL:
        for place in places(payload)[1:]:
            for value in (None, 7, "", [], {}, [None], {"id": 5}, mutated):
                received(mutated(payload, place, value))
