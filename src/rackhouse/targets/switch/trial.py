"""What a switch with a shell is told so that a change goes back by itself. Texts; runs nothing.

The way back lies on the switch, and a process of its own waits to run it, before anything is
changed: whoever is killed or cut off by the change cannot stop it. Renaming decides once and for
all between confirmed and gone back. The same as on hosts (`targets/host/agent/trial.py`).
"""

from __future__ import annotations

FOLDER = "/run/rackhouse/trials"

# $1 the folder. Whatever was tried and never confirmed goes back now.
SETTLE = """\
for each in "$1"/*; do
    case $each in *.late) continue ;; esac
    mv "$each" "$each.late" 2>/dev/null && sh "$each.late" >/dev/null 2>&1
    rm -f "$each.late"
done
"""
# $1 the folder, $2 the trial, $3 seconds, $4 the way back, $5 the change.
TRY = """\
umask 077
mkdir -p "$1" || exit
back=$1/$2
printf '%s\\n' "$4" >"$back" || exit
setsid sh -c 'sleep "$1"; mv "$2" "$2.late" 2>/dev/null && sh "$2.late"; rm -f "$2.late"' \\
    sh "$3" "$back" >/dev/null 2>&1 </dev/null &
sh -c "$5" && exit
mv "$back" "$back.late" 2>/dev/null && sh "$back.late"
rm -f "$back.late"
exit 1
"""
LATE = "late"
# $1 the folder, $2 the trial. Says `LATE` when it has gone back already.
CONFIRM = f'rm "$1/$2" 2>/dev/null || echo {LATE}\n'
