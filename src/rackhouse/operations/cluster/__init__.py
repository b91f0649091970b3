"""Clusters of K3s, by way of their own servers: what runs, who is in, certificates, snapshots.

Asks and acts over SSH with the tools that are on the machines. What the files say is changed by
plans alone, never here.
"""
