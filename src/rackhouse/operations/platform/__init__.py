"""The platform's images: asked for by what they contain, and kept beside the rack file.

names     an image's name, and where it is asked for
registry  a registry, asked by the OCI distribution API
pinning   all images at once, and `platform.lock`
"""
