"""Set up roles on a tracking server with authentication."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ocr_model.access import known_user
from ocr_model.commands.cli import Access, listed, option
from ocr_model.console import printable, say
from ocr_model.errors import ConfigError
from ocr_model.history import open_history
from ocr_model.lifecycle import (
    history_of,
    history_of_prompt,
    register_noted_bundled_prompts,
    shown_store,
)

if TYPE_CHECKING:
    from mlflow.server.auth.client import AuthServiceClient
    from mlflow.server.auth.entities import Role

_MORE = 3
# Of a server without workspaces, which is where MLflow keeps all grants.
_WORKSPACE = "default"
_OF_ONE_USER = "__user_"
_ROLES = ("reader", "prompt-editor", "reviewer", "releaser")
# One person with both roles would defeat the four-eyes principle.
_APART = {"prompt-editor", "releaser"}
_RANK = ("READ", "USE", "EDIT", "MANAGE")


class _Grant(NamedTuple):
    kind: str
    identifier: str
    permission: str


class _Things(NamedTuple):
    """The objects of the grants; ids of experiments, names of the others."""

    model: str
    prompt: str
    experiment: str
    history_of_model: str
    history_of_prompt: str


def access(given: Access) -> int:
    client = _client()
    wanted = _wanted(given)
    _refuse_users(client, given, wanted)
    things = _things(given)
    granted = {name: f"{given.model}-{name}" for name in _ROLES}
    _tell(given, wanted, granted)
    if not given.grant:
        say(f"Nothing was changed: this is what {option('grant')} does.")
        return 0
    assert things is not None
    roles = {name: _role(client, granted[name], _grants(name, things)) for name in _ROLES}
    for user in dict.fromkeys(listed(given.remove)):
        _take(client, user, roles)
    for name, users in wanted.items():
        for user in users:
            if all(role.id != roles[name].id for role in client.list_user_roles(user)):
                client.assign_role(user, roles[name].id)
    odd = list(_more_than_their_role(client, wanted, things))
    say("Granted." if not odd else "Granted, but:")
    for line in odd:
        say(f"  {printable(line, one_line=True)}")
    return _MORE if odd else 0


def _client() -> AuthServiceClient:
    """Raises:
    ConfigError: the server has no users, or this user is not an administrator.
    """
    user = known_user()
    if user is None or not user.is_admin:
        who = "no login that it knows" if user is None else f"{user.name}, who is none"
        raise ConfigError(
            f"Expected the login of an administrator of {shown_store()} in "
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, and a server that is started "
            f"with --app-name basic-auth, got {who}. Nothing was changed."
        )
    try:
        with warnings.catch_warnings():  # what the server is built on is to change
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", UserWarning)
            from mlflow.server.auth.client import AuthServiceClient
    except ImportError as err:
        raise ConfigError(
            "access needs MLflow's package of passwords, which is not installed: pip install "
            "'mlflow[auth]'."
        ) from err
    return AuthServiceClient(mlflow.get_tracking_uri())


def _wanted(given: Access) -> dict[str, list[str]]:
    users = {name: listed(getattr(given, name.replace("-", "_"))) for name in _ROLES}
    return {name: list(dict.fromkeys(named)) for name, named in users.items()}


def _refuse_users(
    client: AuthServiceClient, given: Access, wanted: Mapping[str, list[str]]
) -> None:
    """Raises:
    ConfigError: a user does not exist, or would both write prompts and release them.
    """
    removed = dict.fromkeys(listed(given.remove))
    named = dict.fromkeys([*removed, *(user for users in wanted.values() for user in users)])
    if not named:
        raise ConfigError(
            f"Expected users, like {option('releaser', 'ann,bob')}, got none. Nothing was changed."
        )
    called = {f"{given.model}-{name}": name for name in _ROLES}
    for user in named:
        try:
            has = {called[r.name] for r in client.list_user_roles(user) if r.name in called}
        except MlflowException as err:
            raise ConfigError(
                f"Expected the user {user!r} on {shown_store()}, got none. Make one at "
                f"{shown_store()}/signup, where the password is typed. Nothing was changed."
            ) from err
        has = set() if user in removed else has
        has |= {name for name, users in wanted.items() if user in users}
        if has >= _APART:
            raise ConfigError(
                f"Expected {user} to be either prompt-editor or releaser, got both: what one "
                "person writes another releases. Take the one role with "
                f"{option('remove', user)}. Nothing was changed."
            )


def _things(given: Access) -> _Things | None:
    """Create missing objects, so that nobody else creates and owns them; without `--grant` only
    print them.
    """
    client, missing = MlflowClient(), []
    experiment = mlflow.get_experiment_by_name(given.experiment)
    if experiment is None:
        missing.append(f"experiment {given.experiment}")
    there = {
        one.name
        for one in (
            *client.search_registered_models(f"name = '{given.model}'"),
            *client.search_prompts(f"name = '{given.prompt}'"),
        )
    }
    if given.model not in there:
        missing.append(f"registered model {given.model}, without a version")
    if given.prompt not in there:
        missing.append(f"prompt {given.prompt}, with the texts of this package")
    for one in missing:
        say(f"Makes  {one}")
    if not given.grant:
        return None
    if given.model not in there:
        client.create_registered_model(given.model)
    if given.prompt not in there:
        register_noted_bundled_prompts(given.prompt)
    identifier = (
        client.create_experiment(given.experiment)
        if experiment is None
        else experiment.experiment_id
    )
    histories = (history_of(given.model), history_of_prompt(given.prompt))
    runs = (client.get_run(open_history(subject)) for subject in histories)
    return _Things(given.model, given.prompt, identifier, *(run.info.experiment_id for run in runs))


def _grants(role: str, things: _Things) -> list[_Grant]:
    """READ on all objects, and EDIT on those that the role changes."""
    logs = role != "reader"
    edits, releases = role == "prompt-editor", role == "releaser"
    return [
        _Grant("experiment", things.experiment, "EDIT" if logs else "READ"),
        _Grant("prompt", things.prompt, "EDIT" if edits else "READ"),
        _Grant("experiment", things.history_of_prompt, "EDIT" if edits else "READ"),
        _Grant("registered_model", things.model, "EDIT" if releases else "READ"),
        _Grant("experiment", things.history_of_model, "EDIT" if releases else "READ"),
    ]


def _tell(given: Access, wanted: Mapping[str, list[str]], granted: Mapping[str, str]) -> None:
    names = _Things(
        given.model,
        given.prompt,
        given.experiment,
        f"history of {history_of(given.model)}",
        f"history of {history_of_prompt(given.prompt)}",
    )
    for name in _ROLES:
        say(f"Role   {granted[name]}: {', '.join(wanted[name]) or 'no new user'}")
        for kind, identifier, permission in _grants(name, names):
            say(f"         {permission:<5} {kind.replace('_', ' ')} {identifier}")
    for user in dict.fromkeys(listed(given.remove)):
        say(f"Takes  all four roles from {printable(user, one_line=True)}")


def _role(client: AuthServiceClient, name: str, grants: list[_Grant]) -> Role:
    """The role with exactly these grants on these objects; created if it does not exist."""
    known = [role for role in client.list_roles(_WORKSPACE) if role.name == name]
    role = known[0] if known else client.create_role(_WORKSPACE, name, "docs/access.md")
    has = {
        (one.resource_type, one.resource_pattern): one
        for one in client.list_role_permissions(role.id)
    }
    for kind, identifier, permission in grants:
        before = has.get((kind, identifier))
        if before is None:
            client.add_role_permission(role.id, kind, identifier, permission)
        elif before.permission != permission:
            client.update_role_permission(before.id, permission)
    return role


def _take(client: AuthServiceClient, user: str, roles: Mapping[str, Role]) -> None:
    ids = {role.id for role in roles.values()}
    for role in client.list_user_roles(user):
        if role.id in ids:
            client.unassign_role(user, role.id)


def _more_than_their_role(
    client: AuthServiceClient, wanted: Mapping[str, list[str]], things: _Things
) -> Iterator[str]:
    """Permissions beyond the role: the creator of an object has MANAGE on it."""
    for name, users in wanted.items():
        most = {(kind, identifier): level for kind, identifier, level in _grants(name, things)}
        for user in users:
            if client.get_user(user).is_admin:
                yield f"{user} is an administrator, whom the server refuses nothing."
                continue
            others = (
                role for role in client.list_user_roles(user) if role.name.startswith(_OF_ONE_USER)
            )
            for one in (one for role in others for one in client.list_role_permissions(role.id)):
                allowed = most.get((one.resource_type, one.resource_pattern))
                if allowed is not None and _rank(one.permission) > _rank(allowed):
                    yield (
                        f"{user} has {one.permission} on {one.resource_type} "
                        f"{one.resource_pattern} by a grant of their own, as who made it does. "
                        "Take it in the server's page of users."
                    )


def _rank(permission: str) -> int:
    return _RANK.index(permission) if permission in _RANK else -1
