"""What every layer may use: errors, text, paths, files, processes. Knows no domain.

Pure layers (rack, app, resources, desired, plan) import `kit.errors` and `kit.text` alone.
"""
