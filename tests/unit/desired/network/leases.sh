# A router with dnsmasq and the compiled rules, and a machine in each VLAN that asks for an address.
# Runs in namespaces of its own (see test_leases.py): nothing of it is left when it ends.
set -eu
folder=$1
export folder
mount -t tmpfs none /run
mkdir -p /run/netns
ip link set lo up

cable() { # VLAN, the router's address in it, the machine's MAC
    ip netns add "m$1"
    ip link add name "vlan$1" type veth peer name eth0 netns "m$1"
    ip addr add "$2/24" dev "vlan$1"
    ip link set "vlan$1" up
    ip -n "m$1" link set eth0 address "$3" up
}

ask() { # VLAN, what the machine calls itself; prints what it is given
    ip netns exec "m$1" busybox udhcpc -i eth0 -n -q -t 5 -T 1 -x "hostname:$2" \
        -s "$folder/given" 2>/dev/null || echo "$2 gets nothing"
}

cable 20 10.20.20.1 02:00:00:00:00:20
cable 30 10.20.30.1 aa:bb:cc:dd:ee:ff
cable 40 10.20.40.1 02:00:00:00:00:40
cable 50 10.20.50.1 02:00:00:00:00:50
nft -f "$folder/rules.nft"
# In debug mode it stays who it is, which is all that a namespace of an ordinary user allows.
dnsmasq --no-daemon -C "$folder/dnsmasq.conf" --no-ping --no-resolv --pid-file= \
    --dhcp-leasefile="$folder/leases" 2>"$folder/log" &

ask 20 pi-1
ask 20 stranger
ask 30 whatever
ask 40 desk
ask 50 git
for name in git.home.arpa git.dhcp.home.arpa pi-2.home.arpa; do
    ip netns exec m50 busybox nslookup "$name" 10.20.50.1 |
        awk -v name="$name" '/^Address/ {last = $NF} END {print name " is " last}'
done
kill $!
