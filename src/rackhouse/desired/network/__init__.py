"""The rack's network, compiled: VLANs, switch ports and reach rules to what devices understand.

`fabric` says what the switch and the router have to be, `policy` and `matrix` who may reach whom.
A module for each dialect turns that into text. Pure; nothing here talks to a device.
"""
