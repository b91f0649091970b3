"""The platform: what a cluster has before any application. Pure.

    table      every component: version, source, licence, images, what it asks for
    pins       `platform.lock`: the images by their content
    wanted     which components a rack's cluster has, and how many of each
    budget     what they come to, and whether that fits
    build      their objects, typed; the only module that other parts ask for those
    page       the generated page of reference

The table and the pins know nothing of Kubernetes' types, which take time to import.
"""
