"""The script that puts a machine to sleep when nobody uses it. POSIX sh, as text; run each minute.

Minutes are counted while it is awake, so a night asleep is not taken for a night unused. What
cannot be told counts as use, and a machine whose card does not arm wake-on-LAN stays awake.
"""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.desired.gpu.firewall import COUNTER, TABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """`minutes` without use until it sleeps; `mac` is the address that wakes it. The rest is where
    things lie on the machine.
    """

    minutes: int
    mac: str
    state: str = "/run/rackhouse"
    cards: str = "/sys/class/net"

    @property
    def text(self) -> str:
        """The script."""
        return _SCRIPT.format(
            minutes=self.minutes,
            mac=self.mac,
            state=self.state,
            cards=self.cards,
            table=TABLE,
            counter=COUNTER,
        )


_SCRIPT = """\
#!/bin/sh
# Rackhouse: run each minute; puts this machine to sleep after {minutes} minutes without use.
set -eu
idle={state}/idle
asked={state}/asked
mkdir -p {state}

# Says what uses the machine; nothing when nothing does.
use() {{
    load=$(nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits |
        sort -n | tail -n 1)
    case $load in
    '' | *[!0-9]*) echo "what the graphics card does cannot be told"; return ;;
    esac
    [ "$load" -le 5 ] || {{ echo "the graphics card is at $load %"; return; }}
    packets=$(nft list counter inet {table} {counter} | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p')
    [ -n "$packets" ] || {{ echo "who asks models cannot be told"; return; }}
    before=$(cat "$asked" 2>/dev/null || :)
    echo "$packets" >"$asked"
    [ "$packets" = "$before" ] || {{ echo "models are asked"; return; }}
    inside=$(ss -Htn state established 'sport = :22' && loginctl list-sessions --no-legend) || {{
        echo "who is logged in cannot be told"
        return
    }}
    [ -z "$inside" ] || echo "somebody is logged in"
}}

why=$(use) || why="it cannot be told"
if [ -n "$why" ]; then
    echo 0 >"$idle"
    exit 0
fi
minutes=$(($(cat "$idle" 2>/dev/null || echo 0) + 1))
echo "$minutes" >"$idle"
[ "$minutes" -ge {minutes} ] || exit 0
echo 0 >"$idle"
card=$(grep -lixF {mac} {cards}/*/address | head -n 1)
card=$(basename "$(dirname "$card")")
if ! ethtool -s "$card" wol g; then
    echo "stays awake: nothing could wake it, $card does not arm wake-on-LAN" >&2
    exit 1
fi
echo "unused for $minutes minutes: sleeps until a magic packet comes for {mac}"
exec systemctl suspend
"""
