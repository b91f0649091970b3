"""The clusters that have joined, as they are: nodes, pods, rollouts, volumes, routes, edges, drift.

looking   asks a cluster's API server, which is all that is asked
reading   its answers as a scene; pure, as all below
scene     the values that are shown
edges     who may reach whom, by the policies that are there
drawing   the edges as a picture
pod       one pod, and its log
pages     the pages
"""
