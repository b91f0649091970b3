# Looks for a Node.js of the wanted version: on PATH, and where version managers keep theirs.
set -eu

if [ -z "$WANTED" ] && [ -n "$WANTED_FILE" ]; then
    case $WANTED_FILE in
    *.json) WANTED=$(sed -n 's/.*"node" *: *"\([^"]*\)".*/\1/p' "$WANTED_FILE" | head -n 1) ;;
    *) WANTED=$(head -n 1 "$WANTED_FILE") ;;
    esac
fi

fits() { # VERSION: whether it is one of those wanted
    major=${1%%.*}
    case $WANTED in
    '' | '*' | latest | current | node | lts | lts/*) return 0 ;;
    '>='*)
        least=${WANTED#>=}
        least=${least# }
        [ "$major" -ge "${least%%.*}" ]
        ;;
    *)
        exact=${WANTED#v}
        exact=${exact#^}
        exact=${exact%.x}
        exact=${exact%.x}
        case $1. in "$exact".*) return 0 ;; *) return 1 ;; esac
        ;;
    esac
}

# The home folder that tools are in is the account's, not the job's own.
home=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6 || true)
found=
for node in $(command -v node || true) "$home"/.nvm/versions/node/*/bin/node /opt/node*/bin/node \
    /usr/local/n/versions/node/*/bin/node; do
    [ -x "$node" ] || continue
    version=$("$node" --version)
    version=${version#v}
    found="$found $version"
    if fits "$version"; then
        echo "Node.js $version from $node"
        dirname "$node" >>"$GITHUB_PATH"
        echo "node-version=v$version" >>"$GITHUB_OUTPUT"
        if [ -n "$REGISTRY" ]; then
            echo "${SCOPE:+$SCOPE:}registry=$REGISTRY" >>"$HOME/.npmrc"
        fi
        exit 0
    fi
done
echo "::error::Node.js $WANTED is not on this machine; there are:${found:- none}"
echo "To have it: install it with your package manager or nvm, or ask for a version that is here"
exit 1
