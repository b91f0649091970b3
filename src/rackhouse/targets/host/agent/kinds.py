"""The table: a spec's class -> the module that looks at, makes and undoes its kind."""

from __future__ import annotations

from rackhouse.targets.host.agent import (
    arguments,
    download,
    farewell,
    file,
    folder,
    hostname,
    modules,
    mount,
    names,
    networkd,
    packages,
    restarted,
    ruleset,
    sysctl,
    unit,
    user,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Kind

KINDS: dict[str, Kind] = {
    "Download": download,
    "Farewell": farewell,
    "File": file,
    "Folder": folder,
    "Hostname": hostname,
    "KernelArguments": arguments,
    "Modules": modules,
    "Mount": mount,
    "Names": names,
    "Networkd": networkd,
    "Packages": packages,
    "Restarted": restarted,
    "Ruleset": ruleset,
    "Sysctl": sysctl,
    "Unit": unit,
    "User": user,
}
